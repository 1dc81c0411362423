import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeRecord, sizeAt, type StoredRecord } from './record.ts';

/** What the first line of a segment says. */
export interface SegmentHead {
  readonly epoch: string;
  /** Counts the epochs of this spool. */
  readonly ordinal: number;
  /** Sequence of its first record. */
  readonly first: number;
  /** Facts given up before this epoch. */
  readonly lost: number;
  /** The epoch before this one, and its last fact. */
  readonly before?: PastEpoch;
}

/** An epoch that ended. */
export interface PastEpoch {
  readonly epoch: string;
  readonly last: number;
}

/** A file of records. */
export interface Segment {
  readonly file: string;
  readonly head: SegmentHead;
  /** Records that are safe on the disk, and the bytes of the file that hold them. */
  count: number;
  bytes: number;
  /** Bytes of records that newer ones made void. */
  voidBytes: number;
  /** When the console had all of it, by a clock that never goes back; `undefined` while something of it waits. */
  acknowledgedAt: number | undefined;
}

const nameForm = /^\d{12}-\d{12}\.spool$/;
const readAtOnce = 256 * 1024;

export function lastOf({ head, count }: Segment): number {
  return head.first + count - 1;
}

/** Makes an empty segment, whole and safe on the disk, or not at all. */
export async function createSegment(folder: string, head: SegmentHead): Promise<Segment> {
  const file = join(folder, `${padded(head.ordinal)}-${padded(head.first)}.spool`);
  const line = Buffer.from(`${JSON.stringify({ form: 1, ...head })}\n`);
  await writeSafely(file, [line]);
  return { file, head, count: 0, bytes: line.length, voidBytes: 0, acknowledgedAt: undefined };
}

/** Replaces a file at once; after a crash there is the old one or the new one. */
export async function writeSafely(file: string, parts: readonly Buffer[]): Promise<void> {
  const partial = `${file}.partial`;
  const handle = await open(partial, 'w', 0o600);
  try {
    for (const part of parts) await handle.writeFile(part);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, file);
  await syncFolder(join(file, '..'));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Segments of the newest epoch, in order, and what of them could be read; older and half-made files are removed. */
export async function findSegments(folder: string): Promise<readonly FoundSegment[]> {
  const names = await readdir(folder);
  const segments = names.filter((name) => nameForm.test(name)).toSorted();
  const newest = Math.max(0, ...segments.map(ordinalOf));
  const useless = [
    ...names.filter((name) => name.endsWith('.partial')),
    ...segments.filter((name) => ordinalOf(name) < newest),
  ];
  for (const name of useless) await rm(join(folder, name), { force: true });
  const found: FoundSegment[] = [];
  for (const name of segments.filter((one) => ordinalOf(one) === newest)) found.push(await scan(join(folder, name)));
  return found;
}

/** A segment from the disk. `keys` are those of its records, in order. */
export type FoundSegment =
  | { readonly kind: 'read'; readonly segment: Segment; readonly keys: readonly FoundKey[]; readonly torn: number }
  | { readonly kind: 'unreadable'; readonly file: string };

export interface FoundKey {
  readonly key: string;
  readonly size: number;
}

async function scan(file: string): Promise<FoundSegment> {
  const bytes = await readFile(file);
  const lineEnd = bytes.indexOf(0x0a) + 1;
  const head = headOf(bytes.toString('utf8', 0, lineEnd));
  if (head === undefined) return { kind: 'unreadable', file };
  const keys: FoundKey[] = [];
  let offset = lineEnd;
  for (let record = decodeRecord(bytes, offset); record !== undefined; record = decodeRecord(bytes, offset)) {
    keys.push({ key: record.key, size: record.size });
    offset += record.size;
  }
  const segment = { file, head, count: keys.length, bytes: offset, voidBytes: 0, acknowledgedAt: undefined };
  return { kind: 'read', segment, keys, torn: bytes.length - offset };
}

function headOf(line: string): SegmentHead | undefined {
  try {
    const { form, epoch, ordinal, first, lost, before } = JSON.parse(line) as Record<string, unknown>;
    if (form !== 1 || typeof epoch !== 'string') return undefined;
    if (typeof ordinal !== 'number' || typeof first !== 'number' || typeof lost !== 'number') return undefined;
    return { epoch, ordinal, first, lost, ...(isPastEpoch(before) && { before }) };
  } catch {
    return undefined;
  }
}

function isPastEpoch(value: unknown): value is PastEpoch {
  if (typeof value !== 'object' || value === null || !('epoch' in value) || !('last' in value)) return false;
  return typeof value.epoch === 'string' && typeof value.last === 'number';
}

/** Where reading stands: the record of this sequence begins at this place. */
export interface Cursor {
  readonly segment: Segment;
  readonly offset: number;
  readonly sequence: number;
}

/** The first record of a segment. */
export async function startOf(segment: Segment): Promise<Cursor> {
  const handle = await open(segment.file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
    const offset = buffer.subarray(0, bytesRead).indexOf(0x0a) + 1;
    return { segment, offset, sequence: segment.head.first };
  } finally {
    await handle.close();
  }
}

/** Reads on, as long as `take` wants the next record. Gives the place of the first one that was not taken. */
export async function readRecords(
  start: Cursor,
  take: (record: StoredRecord, sequence: number) => boolean,
): Promise<Cursor> {
  const { segment } = start;
  let { offset, sequence } = start;
  const handle = await open(segment.file, 'r');
  try {
    while (offset < segment.bytes) {
      const bytes = await readSome(handle, offset, segment.bytes);
      let at = 0;
      for (let record = decodeRecord(bytes, at); record !== undefined; record = decodeRecord(bytes, at)) {
        if (!take(record, sequence)) return { segment, offset: offset + at, sequence };
        at += record.size;
        sequence++;
      }
      if (at === 0) throw new Error(`The spool file ${segment.file} is damaged.`);
      offset += at;
    }
    return { segment, offset, sequence };
  } finally {
    await handle.close();
  }
}

/** A stretch of the file that holds at least the next record whole. */
async function readSome(handle: FileHandle, offset: number, end: number): Promise<Buffer> {
  const bytes = await readExactly(handle, offset, Math.min(readAtOnce, end - offset));
  const size = sizeAt(bytes, 0) ?? 0;
  return size <= bytes.length ? bytes : readExactly(handle, offset, Math.min(size, end - offset));
}

async function readExactly(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

function ordinalOf(name: string): number {
  return Number(name.split('-')[0]);
}

function padded(value: number): string {
  return String(value).padStart(12, '0');
}
