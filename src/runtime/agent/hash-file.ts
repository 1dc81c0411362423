import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { WireFile } from './wire/structs.ts';

export interface FileHashes {
  readonly sha256: string;
  readonly md5: string;
}

/** Longest file that is hashed, and bytes read before others get their turn. */
const longest = 512 * 1024 * 1024;
const atOnce = 256 * 1024;

/**
 * Hashes of the first of these paths behind which the very file lies that the kernel saw, by its size and change time.
 * `undefined` when none does: it is gone, changed since, or too large.
 */
async function hashesOf(paths: readonly string[], file: WireFile): Promise<FileHashes | undefined> {
  if (file.size > BigInt(longest)) return undefined;
  for (const path of paths) {
    const found = await hash(path, file).catch(() => undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Opens without waiting for whoever holds the other end of a pipe, and follows no link that was put in its place. */
async function hash(path: string, file: WireFile): Promise<FileHashes | undefined> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  // What the kernel names in /proc is a link that leads to the very file.
  const handle = await open(path, path.endsWith('/exe') ? constants.O_RDONLY | constants.O_NONBLOCK : flags);
  try {
    if (!(await isSame(handle, file))) return undefined;
    const [sha256, md5] = [createHash('sha256'), createHash('md5')];
    const buffer = Buffer.allocUnsafe(atOnce);
    for (let at = 0; at < Number(file.size); ) {
      const { bytesRead } = await handle.read(buffer, 0, atOnce, at);
      if (bytesRead === 0) return undefined;
      sha256.update(buffer.subarray(0, bytesRead));
      md5.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    // Written to meanwhile: what was read is neither the one nor the other.
    if (!(await isSame(handle, file))) return undefined;
    return { sha256: sha256.digest('hex'), md5: md5.digest('hex') };
  } finally {
    await handle.close();
  }
}

async function isSame(handle: FileHandle, { size, ctime }: WireFile): Promise<boolean> {
  const stats = await handle.stat({ bigint: true });
  return stats.isFile() && stats.size === size && stats.ctimeNs === ctime;
}

/** Hashes with a memory for files that were seen before, for each container one after the other. */
export class FileHasher {
  readonly #known = new Map<string, FileHashes>();
  readonly #turns = new Map<string, Promise<FileHashes | undefined>>();

  /** `turn`: whose files wait for each other, so that nobody waits for those of another. */
  of(paths: readonly string[], file: WireFile, turn = ''): Promise<FileHashes | undefined> {
    const key = `${file.device} ${file.inode} ${file.ctime} ${file.size}`;
    const known = this.#known.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const before = this.#turns.get(turn) ?? Promise.resolve(undefined);
    const work = before.then(async () => {
      const found = this.#known.get(key) ?? (await hashesOf(paths, file));
      if (found !== undefined) this.#remember(key, found);
      return found;
    });
    this.#turns.set(turn, work);
    void work.finally(() => this.#turns.get(turn) === work && this.#turns.delete(turn));
    return work;
  }

  #remember(key: string, hashes: FileHashes): void {
    this.#known.set(key, hashes);
    const [oldest] = this.#known.keys();
    if (this.#known.size > 2000 && oldest !== undefined) this.#known.delete(oldest);
  }
}
