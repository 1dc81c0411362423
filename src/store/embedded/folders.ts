import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readdir, stat } from 'node:fs/promises';
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
const usualMajor = 18;

/** The version is PostgreSQL's major one: data of another cannot be opened. */
export function dataFolderOf(folder: string, major: number = usualMajor): string {
  return join(folder, `postgres/data-${major}`);
}

/** Major versions of which there is data, ascending. */
export async function majorsIn(folder: string): Promise<readonly number[]> {
  const names = await readdir(join(folder, 'postgres')).catch(() => []);
  const majors = names.map((name) => Number(/^data-(\d+)$/.exec(name)?.[1]));
  return majors.filter((major) => !Number.isNaN(major)).toSorted((left, right) => left - right);
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
