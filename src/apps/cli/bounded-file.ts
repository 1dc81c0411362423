import { createReadStream } from 'node:fs';

/**
 * Bytes of a file as they come, or `undefined` when there are more than `most`. What a file states of its size is not asked: it
 * may grow meanwhile, and a device or a pipe states none. Rejects as reading does.
 */
export async function bytesWithin(file: string, most: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of createReadStream(file, { end: most })) {
    parts.push(part as Buffer);
    size += (part as Buffer).length;
  }
  return size > most ? undefined : Buffer.concat(parts);
}
