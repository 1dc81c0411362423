import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import type { HostFile, HostFolder } from '../../../facts/host-file.ts';

/** Reads a host below a folder: `/`, or where its root is mounted. Links lead within that folder. */
export interface HostReader {
  /** Where the host's root lies; programs of the host can be run only at `/`. */
  readonly root: string;
  /** Text of a regular file; `undefined`: there is none. Throws where it cannot be read, or is longer than the limit. */
  text(path: string, limit?: number): string | undefined;
  bytes(path: string, limit: number): Buffer | undefined;
  /** Names in a folder, sorted; `undefined`: there is none. Throws where it has too many. */
  names(path: string): readonly string[] | undefined;
  /** What lies there, links followed; `undefined`: nothing. */
  file(path: string): HostFile | undefined;
  /** The path that links lead to, as the host knows it; `undefined`: nothing lies there. */
  resolve(path: string): string | undefined;
  /** Number of the device that a file or folder lies on. */
  device(path: string): number | undefined;
}

const usualLimit = 1024 * 1024;
const mostNames = 10_000;
const mostLinks = 40;

/** `lookedAt` is told each path that is looked at, of what is not there the first part that is missing. */
export function createHostReader(root: string, lookedAt?: (path: string) => void): HostReader {
  const reading = { root, text, bytes, names, file, resolve, device } as const;

  function bytes(path: string, limit: number): Buffer | undefined {
    const real = resolve(path);
    return real === undefined ? undefined : readWithin(join(root, real), limit);
  }

  function text(path: string, limit: number = usualLimit): string | undefined {
    return bytes(path, limit)?.toString('utf8');
  }

  function names(path: string): readonly string[] | undefined {
    const real = resolve(path);
    const found = real === undefined ? undefined : unlessAbsent(() => readdirSync(join(root, real)));
    if (found !== undefined && found.length > mostNames) throw new Error(`${path} has more than ${mostNames} entries`);
    return found?.toSorted();
  }

  function resolve(path: string): string | undefined {
    return walk({ root, lookedAt }, path)?.real;
  }

  function file(path: string): HostFile | undefined {
    const found = walk({ root, lookedAt }, path);
    if (found === undefined) return undefined;
    const { uid, gid, mode } = found.stats;
    return { path, uid, gid, mode: mode & 0o7777, kind: kindOf(found.stats), parents: found.folders };
  }

  function device(path: string): number | undefined {
    return walk({ root, lookedAt }, path)?.stats.dev;
  }

  return reading;
}

interface Found {
  readonly real: string;
  readonly stats: Stats;
  readonly folders: readonly HostFolder[];
}

interface Walk {
  readonly root: string;
  readonly lookedAt: ((path: string) => void) | undefined;
}

/** Goes down the path as the kernel does, but takes absolute links from the host's root. */
function walk({ root, lookedAt }: Walk, path: string): Found | undefined {
  const folders = new Map<string, HostFolder>();
  let rest = path.split('/').filter(Boolean);
  let at = '/';
  let links = 0;
  let stats = statOf(root, at);
  while (stats !== undefined) {
    const [name, ...after] = rest;
    if (name === undefined) return { real: at, stats, folders: [...folders.values()] };
    if (!stats.isDirectory()) return undefined;
    folders.set(at, { path: at, uid: stats.uid, gid: stats.gid, mode: stats.mode & 0o7777 });
    const next = join(at, name);
    lookedAt?.(next);
    const nextStats: Stats | undefined = statOf(root, next);
    if (nextStats?.isSymbolicLink() === true) {
      if (++links > mostLinks) throw new Error(`${path} leads through more than ${mostLinks} links`);
      const target = readlinkSync(join(root, next));
      rest = [...target.split('/').filter(Boolean), ...after];
      if (target.startsWith('/')) at = '/';
      stats = statOf(root, at);
    } else {
      rest = after;
      at = next;
      stats = nextStats;
    }
  }
  return undefined;
}

function statOf(root: string, path: string): Stats | undefined {
  return unlessAbsent(() => lstatSync(join(root, path)));
}

function kindOf(stats: Stats): HostFile['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSocket() ? 'socket' : 'other';
}

/** A pipe or device is never waited for. */
function readWithin(path: string, limit: number): Buffer | undefined {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  const handle = unlessAbsent(() => openSync(path, flags));
  if (handle === undefined) return undefined;
  try {
    if (!fstatSync(handle).isFile()) throw new Error(`${path} is not a regular file`);
    return readAll(handle, path, limit);
  } finally {
    closeSync(handle);
  }
}

/** Reading waits for nothing, so one is enough for all. */
const part = Buffer.alloc(64 * 1024);

/** Files of the kernel say size 0, so the end is where nothing more comes. */
function readAll(handle: number, path: string, limit: number): Buffer {
  const parts: Buffer[] = [];
  for (let length = 0; ; ) {
    const got = readSync(handle, part, 0, Math.min(part.length, limit + 1 - length), null);
    if (got === 0) return Buffer.concat(parts);
    length += got;
    if (length > limit) throw new Error(`${path} is longer than ${limit} bytes`);
    parts.push(Buffer.from(part.subarray(0, got)));
  }
}

const absent = ['ENOENT', 'ENOTDIR'];

function unlessAbsent<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && absent.includes(String(error.code))) return undefined;
    throw error;
  }
}
