import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf, silentLog } from '#base/index.ts';
import {
  type BackupContent,
  type BackupProgress,
  type KeyFile,
  type StorePlace,
  readSecret,
  withDatabase,
  writeBackup,
} from '#store/index.ts';
import { version } from '../cli/version.ts';
import { embeddedPlace, masterKeyFile } from './config.ts';
import { runningConsole } from './instance.ts';
import { type LocalPlace, storePlace } from './local-access.ts';

/** The master key has this name in a backup, wherever its file is. */
const masterKeyName = 'master.key';

/** What is to be backed up, and where to. */
export interface BackupRequest extends LocalPlace {
  readonly file: string;
  readonly keyFile: string;
  /** Path of the vulnerability database; missing: it is left out. */
  readonly vulnerabilityDatabase?: string;
  readonly progress?: (progress: BackupProgress) => void;
}

/** Name of a file that a backup gets unless it is told another, the newest last: `seawall-2026-12-01T020000Z.backup`. */
export function backupName(now: Date): string {
  return `seawall-${now.toISOString().slice(0, 19).replaceAll(':', '')}Z.backup`;
}

/**
 * Writes all that the console of this folder keeps into one sealed file: of one that runs, which goes on, or of one that is
 * stopped. Throws `AppError`.
 */
export async function takeBackup(request: BackupRequest): Promise<BackupContent> {
  const { file, keyFile, vulnerabilityDatabase, progress = () => undefined } = request;
  const secret = await readSecret(keyFile);
  const keys = await readKeys(request);
  return await withDatabase(placeOf(request), silentLog, async (address) => {
    const source = { address, version, keys, ...(vulnerabilityDatabase !== undefined && { vulnerabilityDatabase }) };
    return await writeBackup(source, { file, secret }, progress);
  });
}

function placeOf(place: LocalPlace): StorePlace {
  const named = storePlace(place);
  if (named.kind !== 'running' || runningConsole(place.stateFolder) !== undefined) return named;
  if (existsSync(join(place.stateFolder, 'postgres'))) return embeddedPlace(place.env, place.stateFolder);
  throw new AppError('store-unavailable', `There is nothing of a console in ${place.stateFolder}.`, {
    next: 'Name its state folder with SEAWALL_STATE, or its database with SEAWALL_DATABASE_URL.',
  });
}

async function readKeys({ stateFolder, env }: LocalPlace): Promise<readonly KeyFile[]> {
  const folder = join(stateFolder, 'keys');
  const names = (await readdir(folder, { withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile() && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(entry.name) && isKept(entry.name))
    .map(({ name }) => name);
  const files = [
    [masterKeyName, masterKeyFile(env, stateFolder)],
    ...names.map((name) => [name, join(folder, name)]),
  ] as const;
  const keys: KeyFile[] = [];
  for (const [name = '', file = ''] of files) {
    const content = await readFile(file).catch((cause: unknown) => {
      throw new AppError('master-key-missing', `The key file ${file} cannot be read: ${messageOf(cause)}`, { cause });
    });
    keys.push({ name, content: content.toString('base64') });
  }
  return keys;
}

/** The master key comes from where it is in use; those that were discarded open nothing here. */
function isKept(name: string): boolean {
  return !name.startsWith(masterKeyName);
}

/** Where a key of a backup belongs. */
export function keyPlace({ stateFolder, env }: LocalPlace, name: string): string {
  return name === masterKeyName ? masterKeyFile(env, stateFolder) : join(stateFolder, 'keys', name);
}
