import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Below the cache: files that are being written. */
const unfinished = 'unfinished';
/** Longer than any write lasts; another process may have the number of one that died. */
const oldestWrite = 24 * 60 * 60 * 1000;

/**
 * Writes a file of a cache whole or not at all. Several processes may write the same one at once. A cache that cannot be
 * written costs time at the next scan, and nothing else.
 */
export function writeCacheFile(cacheFolder: string, file: string, content: Uint8Array | string): void {
  const folder = join(cacheFolder, unfinished);
  const written = join(folder, `${process.pid}-${randomBytes(6).toString('hex')}`);
  try {
    for (const needed of [folder, dirname(file)]) mkdirSync(needed, { recursive: true, mode: 0o700 });
    writeFileSync(written, content, { flag: 'wx', mode: 0o600 });
    renameSync(written, file);
  } catch {
    remove(written);
  }
}

/**
 * Removes what processes left that were killed while they wrote. A writer in another container may look dead from here: it
 * loses one entry of the cache.
 */
export function sweepCache(cacheFolder: string, now = Date.now()): void {
  const folder = join(cacheFolder, unfinished);
  for (const name of namesIn(folder)) {
    const file = join(folder, name);
    const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now;
    if (!isAlive(Number(name.split('-')[0])) || now - written > oldestWrite) remove(file);
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // What is no folder, or of somebody else, stays as it is.
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
