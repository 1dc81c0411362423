import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Longest artefact that is looked at. The largest of a release, the console's image, is far below. */
export const mostArtefactBytes = 4 * 1024 ** 3;

/** Why a file of a release is not read: `missing`, or a sentence that goes on after its name. */
export type Unread = { readonly kind: 'missing' } | { readonly kind: 'unfit'; readonly why: string };

/** The bytes of a small file of a release, or why it is not read. */
export async function readSmall(path: string, mostBytes: number): Promise<Buffer | Unread> {
  return await withFile(path, mostBytes, async (file) => await file.readFile());
}

/** SHA-256 of an artefact in hex, or why it is not read. It is never held whole. */
export async function digestOf(path: string): Promise<string | Unread> {
  return await withFile(path, mostArtefactBytes, async (file) => {
    const hash = createHash('sha256');
    const stream = file.createReadStream({ autoClose: false, highWaterMark: 1024 ** 2, end: mostArtefactBytes });
    for await (const part of stream) hash.update(part as Buffer);
    return hash.digest('hex');
  });
}

/** A link may lead anywhere, and a pipe would be waited for: only a plain file is read. */
async function withFile<Value>(
  path: string,
  mostBytes: number,
  work: (file: FileHandle) => Promise<Value>,
): Promise<Value | Unread> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(codeOf);
  if (typeof file === 'string') return unreadBy(file);
  try {
    const found = await file.stat();
    if (!found.isFile()) return unfit('is no plain file');
    if (found.size > mostBytes) return unfit(`is larger than ${mostBytes} bytes`);
    return await work(file);
  } finally {
    await file.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error';
}

function unreadBy(code: string): Unread {
  if (code === 'ENOENT') return { kind: 'missing' };
  return unfit(code === 'ELOOP' ? 'is a symbolic link' : `cannot be read (${code})`);
}

function unfit(why: string): Unread {
  return { kind: 'unfit', why };
}
