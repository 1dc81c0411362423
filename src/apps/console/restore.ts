import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, messageOf, silentLog } from '#base/index.ts';
import { readMasterKey } from '#link/console/index.ts';
import {
  type BackupContent,
  type KeyFile,
  readBackup,
  readSecret,
  restoreBackup,
  withDatabase,
  openStore,
  type StorePlace,
} from '#store/index.ts';
import { keyPlace } from './backup.ts';
import { consoleSchemas } from './compose.ts';
import { embeddedPlace, masterKeyFile } from './config.ts';
import { runningConsole } from './instance.ts';
import { type LocalPlace, storePlace } from './local-access.ts';

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
 * Restores a backup where nothing of a console is. Throws `AppError`: `already-running`, `restore-not-empty`, and what reading
 * the backup throws; nothing is changed then.
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
  const place = placeOf(order);
  await mkdir(stateFolder, { recursive: true });
  await withDatabase(place, silentLog, async (address) => {
    await restoreBackup({
      file,
      secret,
      address,
      content,
      keepKeys: async (keys) => await keepKeys(order, keys),
      vulnerabilityDatabase: order.vulnerabilityDatabase,
      progress: (done) => order.progress(done, content),
    });
  });
  if (order.form === 'now') await bringUpToDate(order, place);
  return content;
}

function placeOf(order: LocalPlace): StorePlace {
  const named = storePlace(order);
  return named.kind === 'running' ? embeddedPlace(order.env, order.stateFolder) : named;
}

async function bringUpToDate({ env, stateFolder }: LocalPlace, place: StorePlace): Promise<void> {
  const masterKey = (): Buffer => readMasterKey(masterKeyFile(env, stateFolder));
  const store = await openStore({ place, schemas: consoleSchemas, log: silentLog, masterKey });
  await store.close();
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
