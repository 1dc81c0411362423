import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { FileBefore } from './schema.ts';

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Hash of a regular file; `undefined` where there is none. A link or a folder is none. */
export function hashOf(path: string): string | undefined {
  return lstatOf(path)?.isFile() === true ? sha256Of(readFileSync(path)) : undefined;
}

export function lstatOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** Name under which a new content is written before it takes its place. */
export function partialOf(path: string): string {
  return `${path}.seawall-new`;
}

export interface FileLook {
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Nanoseconds. */
  readonly mtime?: string | undefined;
}

/** Puts a content in a file's place at once; after a crash there is the old one or the new one. */
export function replaceFile(path: string, content: Uint8Array, look: FileLook): void {
  const partial = partialOf(path);
  rmSync(partial, { force: true });
  const file = openSync(partial, 'wx', 0o600);
  try {
    for (let done = 0; done < content.length; ) done += writeSync(file, content, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chownSync(partial, look.uid ?? 0, look.gid ?? 0);
  chmodSync(partial, look.mode);
  if (look.mtime !== undefined) setTime(partial, look.mtime);
  renameSync(partial, path);
  syncFolder(dirname(path));
}

/** To the nanosecond, which Node's own call does not reach. */
function setTime(path: string, mtime: string): void {
  const moment = `@${mtime.slice(0, -9) || '0'}.${mtime.slice(-9).padStart(9, '0')}`;
  execFileSync('touch', ['--no-create', '--date', moment, path], { stdio: 'pipe' });
}

export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** How a file is now, and its content. */
export function look(path: string): { readonly before: FileBefore; readonly content: Uint8Array } | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  if (stats === undefined) return undefined;
  const content = readFileSync(path);
  const before = {
    sha256: sha256Of(content),
    mode: Number(stats.mode) & 0o7777,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    mtime: String(stats.mtimeNs),
  };
  return { before, content };
}
