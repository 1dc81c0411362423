import { open } from 'node:fs/promises';
import { voidRecord } from './record.ts';
import { readRecords, type Segment, startOf, writeSafely } from './segment.ts';
import type { Voids } from './voids.ts';

/** A segment is written anew when at least this part of it is void. */
const worthwhile = 0.2;

/** Leaves of each void fact only its place. */
export async function compactSegment(segment: Segment, voids: Voids): Promise<void> {
  if (segment.voidBytes < segment.bytes * worthwhile) return;
  const start = await startOf(segment);
  const kept: { readonly from: number; readonly to: number; readonly isVoid: boolean }[] = [];
  let offset = start.offset;
  await readRecords(start, ({ key, size }, sequence) => {
    kept.push({ from: offset, to: offset + size, isVoid: voids.isVoid(key, sequence) });
    offset += size;
    return true;
  });
  const bytes = await bytesOf(segment);
  const parts = kept.map(({ from, to, isVoid }) => (isVoid ? voidRecord : bytes.subarray(from, to)));
  const whole = Buffer.concat([bytes.subarray(0, start.offset), ...parts]);
  await writeSafely(segment.file, [whole]);
  segment.bytes = whole.length;
  segment.voidBytes = 0;
}

async function bytesOf({ file, bytes }: Segment): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
