import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds after which nobody waits for a maker any more: its process number may belong to another program. */
const longest = 600_000;

/**
 * Makes a folder that is kept, once: who asks while another process makes it waits for that one. `make` gets a folder
 * beside it that takes its place when it is whole. Where a maker fails or dies, the next that waits makes it.
 */
export async function madeOnce(folder: string, make: (work: string) => void | Promise<void>): Promise<void> {
  const lock = `${folder}.maker`;
  mkdirSync(dirname(folder), { recursive: true });
  while (!existsSync(folder)) {
    if (!takes(lock)) {
      await pause(50);
      continue;
    }
    try {
      if (!existsSync(folder)) await makeNow(folder, make);
    } finally {
      rmSync(lock, { force: true });
    }
  }
}

async function makeNow(folder: string, make: (work: string) => void | Promise<void>): Promise<void> {
  const work = `${folder}.${randomUUID()}`;
  mkdirSync(work);
  try {
    await make(work);
    renameSync(work, folder);
  } catch (error) {
    // Two that found the maker dead may both have made it; the first one counts.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Writes its process number first and gives the file its name then, so that nobody reads half of it. */
function takes(lock: string): boolean {
  if (isHeld(lock)) return false;
  const own = `${lock}.${randomUUID()}`;
  writeFileSync(own, `${process.pid}`);
  try {
    linkSync(own, lock);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(own);
  }
}

/** A lock whose maker is gone is taken away. */
function isHeld(lock: string): boolean {
  const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (since === undefined) return false;
  if (Date.now() - since < longest && isAlive(lock)) return true;
  rmSync(lock, { force: true });
  return false;
}

function isAlive(lock: string): boolean {
  try {
    return existsSync(`/proc/${readFileSync(lock, 'utf8')}`);
  } catch {
    return false;
  }
}
