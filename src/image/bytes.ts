import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { isZstdMagic } from './zstd-frames.ts';

/** Part of a file. */
export interface FileRange {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

export type Compression = 'none' | 'gzip' | 'zstd';

const readSize = 1024 * 1024;

/** Compression by magic number (RFC 1952, RFC 8878); media types and names are often wrong. */
export async function compressionOf(range: FileRange): Promise<Compression> {
  const handle = await open(range.file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, Math.min(4, range.length), range.offset);
    const magic = buffer.subarray(0, bytesRead);
    if (magic.toString('hex').startsWith('1f8b')) return 'gzip';
    return isZstdMagic(magic) ? 'zstd' : 'none';
  } finally {
    await handle.close();
  }
}

/**
 * Bytes of a range in order. The next read runs while the caller works; a chunk is valid until the next one is asked
 * for. Ends early, without error, where the file ends early.
 */
export async function* readRange(range: FileRange): AsyncGenerator<Buffer, void, undefined> {
  const handle = await open(range.file, 'r');
  let pending: Promise<Buffer> | undefined;
  try {
    // Of small layers an image may have hundreds: buffers of the full size would have the collector run for each.
    const size = Math.min(readSize, range.length);
    const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)] as const;
    let done = 0;
    let turn = 0;
    pending = readPart(handle, buffers[0], { offset: range.offset, left: range.length });
    while (done < range.length) {
      const chunk = await pending;
      if (chunk.length === 0) return;
      done += chunk.length;
      turn = 1 - turn;
      pending = readPart(handle, buffers[turn === 0 ? 0 : 1], {
        offset: range.offset + done,
        left: range.length - done,
      });
      yield chunk;
    }
  } finally {
    await pending?.catch(() => undefined);
    await handle.close();
  }
}

async function readPart(
  handle: FileHandle,
  into: Buffer,
  at: { readonly offset: number; readonly left: number },
): Promise<Buffer> {
  const length = Math.min(into.length, at.left);
  if (length <= 0) return into.subarray(0, 0);
  const { bytesRead } = await handle.read(into, 0, length, at.offset);
  return into.subarray(0, bytesRead);
}

/** sha256 of what the file holds of a range, as a digest. */
export async function hashRange(range: FileRange): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readRange(range)) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}
