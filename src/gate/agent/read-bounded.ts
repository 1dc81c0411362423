import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Longest OCI `config.json`, and file of an engine about one container. */
const longest = 4 * 1024 * 1024;

/**
 * Quotes in one such file. Its texts are what reading it costs, some 10 ms for as many on a busy host, and a start waits
 * for three of these files; an engine writes some thousands.
 */
const mostQuotes = 100_000;

/** A file that nobody can read while a start waits. */
export class TooLong extends Error {}

/**
 * JSON of a regular file of at most 4 MiB, read once. `undefined` where there is no such file. Throws `TooLong` where it
 * has more than can be read in time, and else where it is no file, or no JSON.
 */
export async function readJson(file: string): Promise<unknown> {
  const content = await readBounded(file);
  if (content === undefined) return undefined;
  if (hasMoreQuotes(content)) throw new TooLong(`${file} holds more than can be read while a start waits`);
  return JSON.parse(content.toString('utf8')) as unknown;
}

function hasMoreQuotes(content: Buffer): boolean {
  let quotes = 0;
  for (let at = content.indexOf(0x22); at >= 0; at = content.indexOf(0x22, at + 1)) {
    quotes += 1;
    if (quotes > mostQuotes) return true;
  }
  return false;
}

/** A regular file of at most 4 MiB, read once. `undefined` where there is none. Throws where it is longer, or no file. */
export async function readBounded(file: string): Promise<Buffer | undefined> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`${file} is no file`);
    const content = Buffer.allocUnsafe(Math.min(longest, stats.size) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(content, length, content.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
      if (length === content.length) throw new TooLong(`${file} is larger than ${length - 1} bytes`);
    }
    return content.subarray(0, length);
  } finally {
    await handle.close();
  }
}
