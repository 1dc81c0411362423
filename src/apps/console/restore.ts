import { existsSync } from 'node:fs';
import { chmod, link, mkdir, open, readFile, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, isAppError, messageOf, silentLog } from '#base/index.ts';
import { readMasterKey } from '#link/console/index.ts';
import {
  type BackupContent,
  type KeyFile,
  isDiskFull,
  readBackup,
  readSecret,
  restoreBackup,
  withDatabase,
  openStore,
  type StorePlace,
} from '#store/index.ts';
import { keyPlace } from './backup.ts';
import { consoleSchemas } from './compose.ts';
import { masterKeyFile, ownStorePlace } from './config.ts';
import { holdRestored } from './hold-restored.ts';
import { runningConsole } from './instance.ts';
import type { LocalPlace } from './local-access.ts';

export interface RestoreOrder extends LocalPlace {
  readonly file: string;
  readonly keyFile: string;
  /** Where the vulnerability database goes. */
  readonly vulnerabilityDatabase: string;
  /** `then`: as it was, for the version of Seawall that made it. `now`: brought to this version. */
  readonly form: 'now' | 'then';
  readonly progress: (done: number, content: BackupContent) => void;
}

/** Reads a backup whole. Throws `AppError`: `backup-damaged`, `backup-key-wrong`, `file-unreadable`. */
export async function checkBackup({ file, keyFile }: Pick<RestoreOrder, 'file' | 'keyFile'>): Promise<BackupContent> {
  return await readBackup(file, await readSecret(keyFile));
}

/**
 * Restores a backup where nothing of a console is. Throws `AppError`: `already-running`, `restore-not-empty`,
 * `output-unwritable` where the disk is full, and what reading the backup throws; nothing is restored then.
 */
export async function restore(order: RestoreOrder): Promise<BackupContent> {
  const { stateFolder, file, keyFile } = order;
  const running = runningConsole(stateFolder);
  if (running !== undefined)
    throw new AppError('already-running', `A console runs on ${running.url} (process ${running.pid}).`, {
      next: 'A backup is restored where nothing is: name another state folder with SEAWALL_STATE.',
    });
  const secret = await readSecret(keyFile);
  const content = await readBackup(file, secret);
  refuseFile(order, content);
  const place = ownStorePlace(order);
  await mkdir(stateFolder, { recursive: true });
  try {
    await withDatabase(place, silentLog, async (address) => {
      await restoreBackup({
        file,
        secret,
        address,
        content,
        ...(order.form === 'now' && { schemas: consoleSchemas }),
        keepKeys: async (keys) => await keepKeys(order, keys),
        vulnerabilityDatabase: order.vulnerabilityDatabase,
        progress: (done) => order.progress(done, content),
      });
    });
    if (order.form === 'now') await bringUpToDate(order, place);
  } catch (error) {
    throw (await failedByFullDisk(error, place)) ? noRoom(place, error) : error;
  }
  return content;
}

function refuseFile({ vulnerabilityDatabase: file }: RestoreOrder, { hasVulnerabilityDatabase }: BackupContent): void {
  if (!hasVulnerabilityDatabase || !existsSync(file)) return;
  throw new AppError(
    'restore-not-empty',
    `There is a vulnerability database in ${file}, and the backup holds one, too.`,
    {
      next: 'Move the file away; a console that has none builds it again.',
    },
  );
}

/** PostgreSQL writes its log in files of this size, and ends where one finds no room: then only the disk itself tells why. */
const walFileBytes = 16 * 1024 * 1024;

async function failedByFullDisk(error: unknown, place: StorePlace): Promise<boolean> {
  if (isDiskFull(error)) return true;
  if (place.kind === 'url' || (isAppError(error) && error.code !== 'store-unavailable')) return false;
  const { bavail, bsize } = await statfs(place.folder);
  return bavail * bsize < walFileBytes;
}

function noRoom(place: StorePlace, cause: unknown): AppError {
  const where = place.kind === 'url' ? 'the database of SEAWALL_DATABASE_URL' : place.folder;
  return new AppError('output-unwritable', `There is no room for the restored data in ${where}.`, {
    next: 'Make room there, or restore to another place, and run it again.',
    cause,
  });
}

/** A console that runs on this database already hears of the restore only here. */
async function bringUpToDate({ env, stateFolder }: LocalPlace, place: StorePlace): Promise<void> {
  const masterKey = (): Buffer => readMasterKey(masterKeyFile(env, stateFolder));
  const store = await openStore({ place, schemas: consoleSchemas, log: silentLog, masterKey });
  await holdRestored(store).finally(() => store.close());
}

/** All or none are new: a key that is there with other bytes is never replaced. */
async function keepKeys(place: LocalPlace, keys: readonly KeyFile[]): Promise<void> {
  const wanted: (readonly [string, Buffer])[] = [];
  for (const { name, content } of keys) {
    const [file, bytes] = [keyPlace(place, name), Buffer.from(content, 'base64')];
    const there = await readFile(file).catch(() => undefined);
    if (there !== undefined && !there.equals(bytes))
      throw new AppError('restore-not-empty', `There is another key in ${file}.`);
    if (there === undefined) wanted.push([file, bytes]);
  }
  for (const [file, bytes] of wanted) await writeKey(file, bytes);
}

async function writeKey(file: string, bytes: Buffer): Promise<void> {
  const folder = dirname(file);
  const building = join(folder, `.restoring-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rm(building, { force: true });
    const handle = await open(building, 'wx', 0o600);
    await handle.writeFile(bytes);
    await handle.sync();
    await handle.close();
    if (file.endsWith('.pub')) await chmod(building, 0o644);
    await link(building, file);
  } catch (cause) {
    throw new AppError('output-unwritable', `The key ${file} cannot be written: ${messageOf(cause)}`, { cause });
  } finally {
    await rm(building, { force: true });
  }
}
