import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The last write of each file that is under way. */
const underWay = new Map<string, Promise<void>>();

/**
 * Replaces a file at once, safe on the disk when the promise resolves; after a crash there is the old one or the new one.
 * Two writes of one file wait for each other: they share the name of the partial file.
 */
export async function writeSafely(file: string, content: string | Uint8Array): Promise<void> {
  const before = underWay.get(file);
  const writing = before === undefined ? replace(file, content) : before.then(() => replace(file, content));
  const settled = writing.catch(() => undefined);
  underWay.set(file, settled);
  try {
    await writing;
  } finally {
    if (underWay.get(file) === settled) underWay.delete(file);
  }
}

async function replace(file: string, content: string | Uint8Array): Promise<void> {
  const partial = `${file}.partial`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  try {
    const handle = await open(partial, 'w', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  } catch (error) {
    // On a full disk half a file takes the room that others need.
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
  const folder = await open(dirname(file), 'r');
  await folder.sync().finally(() => folder.close());
}

/** Writes the newest state of something again and again, one write at a time; calls that come meanwhile share the next. */
export function latestWriter(write: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const run = (): Promise<void> => {
    running = write().finally(() => (running = undefined));
    return running;
  };
  return () => {
    if (running === undefined) return run();
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return run();
      });
    return next;
  };
}
