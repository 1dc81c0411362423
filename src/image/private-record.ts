import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { writeCacheFile } from './cache-file.ts';

/** A folder of a cache whose files are believed only as this user's own, unchanged. */
export interface RecordFolder {
  readonly cacheFolder: string;
  /** Name below the cache. */
  readonly name: string;
  readonly uid: number;
  readonly mostFiles: number;
  /** Of one file. */
  readonly mostBytes: number;
}

/** Whether nobody but this user and root can look into the cache and this folder of it, which need not be there yet. */
export function isPrivate({ cacheFolder, name, uid }: RecordFolder): boolean {
  const folder = join(cacheFolder, name);
  const isThere = lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
  return isPrivateFolder(cacheFolder, uid) && (!isThere || isPrivateFolder(folder, uid));
}

/** What is kept under a name; `undefined` for what is missing, damaged, of somebody else, a link, or too large. */
export function readRecord(of: RecordFolder, name: string): Buffer | undefined {
  try {
    const bytes = readPrivate(join(of.cacheFolder, of.name, name), of);
    const body = bytes.subarray(32);
    return sha256(body).equals(bytes.subarray(0, 32)) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps this under a name, in the place of what was there; the oldest files go when there are too many. */
export function writeRecord(of: RecordFolder, name: string, body: Buffer): void {
  if (body.length + 32 > of.mostBytes) return;
  const place = join(of.cacheFolder, of.name, name);
  writeCacheFile(of.cacheFolder, place, Buffer.concat([sha256(body), body]));
  keepNewest(dirname(place), of.mostFiles);
}

/** Whether this is a folder, and no link to one, that nobody but this user and root can look into. */
function isPrivateFolder(folder: string, uid: number): boolean {
  const stats = lstatSync(folder);
  return stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0;
}

function readPrivate(place: string, { uid, mostBytes }: RecordFolder): Buffer {
  const descriptor = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.uid !== uid || (stats.mode & 0o077) !== 0 || stats.size > mostBytes)
      throw new Error('It is not a file of this cache.');
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Other scans may remove the same files. */
function keepNewest(folder: string, most: number): void {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (names.length <= most) return;
  const written = (name: string): number => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const files = names.map((name) => ({ name, written: written(name) }));
  const oldest = files.sort((a, b) => a.written - b.written).slice(0, names.length - most);
  for (const { name } of oldest) rmSync(join(folder, name), { force: true });
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
