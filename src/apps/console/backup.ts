import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { noteTakenBackup } from '#access/console/index.ts';
import { AppError, isAppError, messageOf, silentLog } from '#base/index.ts';
import {
  type Address,
  type BackupContent,
  type BackupProgress,
  type KeyFile,
  type StorePlace,
  readSecret,
  withDatabase,
  writeBackup,
} from '#store/index.ts';
import { version } from '../cli/version.ts';
import { masterKeyFile, ownStorePlace } from './config.ts';
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

const named = /^seawall-(\d{4}-\d{2}-\d{2})T(\d{2})(\d{2})(\d{2})Z\.backup$/;
/** Between the naming of a file and the moment that it holds. */
const longestStart = 15 * 60_000;

/**
 * Whether a file has the name of another moment than the one that it holds: an old backup under a new name brings back what was
 * revoked since. Names of one's own say nothing.
 */
export function isMisnamed(file: string, takenAt: string): boolean {
  const [, day, hours, minutes, seconds] = named.exec(basename(file)) ?? [];
  if (day === undefined) return false;
  const told = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`);
  return !(Math.abs(Date.parse(takenAt) - told) <= longestStart);
}

/** What was written, and whether the console was told that it is there. */
export interface TakenBackup extends BackupContent {
  /** Why it was not told; missing: it was. */
  readonly unnoted?: string;
}

/**
 * Writes all that the console of this folder keeps into one sealed file: of one that runs, which goes on, or of one that is
 * stopped. Throws `AppError`.
 */
export async function takeBackup(request: BackupRequest): Promise<TakenBackup> {
  const { file, keyFile, vulnerabilityDatabase, progress = () => undefined } = request;
  const secret = await readSecret(keyFile);
  const keys = await readKeys(request);
  const taking = withDatabase(placeOf(request), silentLog, async (address) => {
    const source = { address, version, keys, ...(vulnerabilityDatabase !== undefined && { vulnerabilityDatabase }) };
    const content = await writeBackup(source, { file, secret }, progress);
    return { ...content, ...(await note(address, file, content)) };
  });
  return await taking.catch((error: unknown) => {
    // One that serves would have been found: this one is not there yet, or not any more.
    if (!isAppError(error) || error.code !== 'already-running') throw error;
    throw new AppError('already-running', `The console of ${request.stateFolder} is starting or ending.`, {
      next: 'Try again once it serves, or once it has ended.',
      cause: error,
    });
  });
}

/** The backup is good whether or not it can be noted, as in a store that only reads. */
async function note(
  address: Address,
  file: string,
  { header }: BackupContent,
): Promise<Pick<TakenBackup, 'unnoted'> | undefined> {
  try {
    const { size: bytes } = await stat(file);
    await noteTakenBackup(address, { file, bytes, at: new Date(header.takenAt) });
    return undefined;
  } catch (error) {
    return { unnoted: messageOf(error) };
  }
}

function placeOf(place: LocalPlace): StorePlace {
  const named = storePlace(place);
  if (named.kind !== 'running' || runningConsole(place.stateFolder) !== undefined) return named;
  if (existsSync(join(place.stateFolder, 'postgres'))) return ownStorePlace(place);
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
