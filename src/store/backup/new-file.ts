import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, messageOf } from '#base/index.ts';

const partial = /^\.seawall-backup-(\d+)-[0-9a-f-]{36}\.partial$/;
/** A file that nobody wrote to for so long, of a process that is gone, is left over. */
const leftAfter = 10 * 60_000;

/**
 * Writes a file that only its owner may read and puts it in its place once it is whole, checked and on the disk; until then
 * what stood there stays. Throws `AppError` `output-unwritable`, and what writing and checking throw.
 */
export async function writeNewFile(
  file: string,
  content: AsyncIterable<Buffer>,
  check: (written: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(file);
  await refuseOther(file);
  await removeLeftOver(folder);
  const building = join(folder, `.seawall-backup-${process.pid}-${randomUUID()}.partial`);
  const handle = await naming(file, async () => await open(building, 'wx', 0o600));
  try {
    await write(handle, file, content);
    await check(building);
    await naming(file, async () => {
      await rename(building, file);
      await syncFolder(folder);
    });
  } finally {
    await handle.close().catch(() => undefined);
    await rm(building, { force: true });
  }
}

async function refuseOther(file: string): Promise<void> {
  const known = await stat(file).catch(() => undefined);
  if (known !== undefined && !known.isFile())
    throw new AppError('output-unwritable', `${file} is no plain file.`, {
      next: 'Name a file, or a folder with --to.',
    });
}

async function write(handle: FileHandle, file: string, content: AsyncIterable<Buffer>): Promise<void> {
  for await (const piece of content) await naming(file, async () => await handle.writeFile(piece));
  await naming(file, async () => {
    await handle.sync();
    await handle.close();
  });
}

async function naming<Value>(file: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    throw new AppError('output-unwritable', `${file} cannot be written: ${messageOf(cause)}.`, {
      next: 'Make room or choose another place; a backup that stood there is as it was.',
      cause,
    });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Of backups that were killed. */
async function removeLeftOver(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const owner = Number(partial.exec(name)?.[1] ?? Number.NaN);
    if (!Number.isInteger(owner) || isAlive(owner)) continue;
    const file = join(folder, basename(name));
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > leftAfter)
      await rm(file, { force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
