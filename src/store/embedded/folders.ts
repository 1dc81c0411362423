import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError } from '#base/index.ts';
import type { Account } from './account.ts';

/** Where the embedded server keeps what. */
export interface Folders {
  readonly root: string;
  readonly data: string;
  /** Holds the unix socket; only the account may enter. */
  readonly socket: string;
  readonly log: string;
}

/** `sockaddr_un` holds 107 bytes (unix(7)); the socket's own name takes 14 of them. */
const longestSocketFolder = 93;

/** Of the npm package. */
export const usualMajor = 18;

/** The version is PostgreSQL's major one: data of another cannot be opened. */
export function dataFolderOf(folder: string, major: number = usualMajor): string {
  return join(folder, `postgres/data-${major}`);
}

/** Major versions of which there is data, ascending. */
export async function majorsIn(folder: string): Promise<readonly number[]> {
  const names = await readdir(join(folder, 'postgres')).catch(() => []);
  const majors = names.map((name) => Number(/^data-(\d{1,3})$/.exec(name)?.[1]));
  return majors.filter((major) => !Number.isNaN(major)).toSorted((left, right) => left - right);
}

/**
 * Throws `AppError` `store-unavailable` where the folder holds data of another major version and none of this one: an empty
 * store beside it would look as if everything were lost.
 */
export async function refuseOtherMajor(folder: string, major: number): Promise<void> {
  const majors = await majorsIn(folder);
  const found = majors.includes(major) ? await majorOf(dataFolderOf(folder, major)) : majors.at(-1);
  if (found === undefined || found === major) return;
  throw new AppError(
    'store-unavailable',
    `${folder} holds data of PostgreSQL ${found}, and this Seawall brings ${major}.`,
    {
      next: [
        'With the Seawall that ran here last: `seawall backup --key-file backup.key --out last.backup`.',
        `Then with this one: \`SEAWALL_STATE=${folder}-${major} seawall restore last.backup --key-file backup.key\`.`,
      ].join(' '),
    },
  );
}

/** What data says of itself, in a folder that may have been renamed by hand; `undefined`: it says nothing. */
async function majorOf(data: string): Promise<number | undefined> {
  const text = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

/**
 * Makes the folders. The state folder is made passable for others (0711), because the server's user must go through
 * it; what lies in it needs modes of its own.
 */
export async function makeFolders(folder: string, account: Account): Promise<Omit<Folders, 'data'>> {
  const root = join(folder, 'postgres');
  await mkdir(root, { recursive: true });
  if (account.kind === 'unprivileged') {
    await chmod(folder, (await stat(folder)).mode | 0o011);
    await chown(root, 0, account.gid);
    await checkPassable(folder);
  }
  await chmod(root, account.kind === 'own' ? 0o700 : 0o710);
  const socket = socketFolderOf(root, account);
  await makeOwned(socket, account);
  return { root, socket, log: join(root, 'postgres.log') };
}

async function checkPassable(folder: string): Promise<void> {
  for (let path = folder; path !== dirname(path); path = dirname(path)) {
    if (((await stat(path)).mode & 0o001) !== 0) continue;
    throw new AppError('store-unavailable', `The user that PostgreSQL runs as cannot go through ${path}.`, {
      next: `Run "chmod o+x ${path}", or keep the state in another folder.`,
    });
  }
}

/** Folder of the unix socket; elsewhere when the path would be too long for one. */
export function socketFolderOf(root: string, account: Account): string {
  const inside = join(root, 'run');
  if (Buffer.byteLength(inside) <= longestSocketFolder) return inside;
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  return join(tmpdir(), `seawall-${account.uid}-${name}`);
}

async function makeOwned(path: string, account: Account): Promise<void> {
  const made = await mkdir(path, { mode: 0o700, recursive: true });
  if (made !== undefined && account.kind === 'unprivileged') await chown(path, account.uid, account.gid);
  const found = await lstat(path);
  if (found.isDirectory() && found.uid === account.uid && (found.mode & 0o077) === 0) return;
  throw new AppError('store-unavailable', `${path} belongs to somebody else.`, { next: `Remove ${path}.` });
}

/** Hands a tree to the account. */
export async function handOver(path: string, account: Account): Promise<void> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  await Promise.all(entries.map(({ parentPath, name }) => chown(join(parentPath, name), account.uid, account.gid)));
  await chown(path, account.uid, account.gid);
}
