import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { inOwnCache } from '../own-folder.ts';

/** Code that V8 compiled in earlier runs, in the user's cache. */
export interface KeptCode {
  readonly file: string;
  /** Commands whose code is there. */
  readonly names: readonly string[];
  readonly code?: Buffer;
}

const prefix = 'one-file-';
/** More commands than there are, so that a file does not grow for who calls what is none. */
const mostNames = 40;
const mostBytes = 64 * 1024 ** 2;

/**
 * Where this user's code of the program is kept; empty where no folder is this user's alone. `id` names the program; V8
 * itself refuses code of another V8.
 */
export function placeOfCode(id: string, env: Readonly<Record<string, string | undefined>>): string {
  const folder = inOwnCache(env, process.getuid?.() ?? -1, 'compiled');
  return folder === undefined ? '' : join(folder, `${prefix}${id}`);
}

/**
 * What was kept. Code is run as it is, so that only a file counts that nobody else can have written, and that is as it was
 * written: V8 ends the process over code that a disk damaged.
 */
export function keptCode(file: string): KeptCode {
  try {
    const bytes = readOwn(file);
    const end = bytes.indexOf(10);
    const [sum, ...names] = bytes.toString('latin1', 0, end).split(' ');
    const code = bytes.subarray(end + 1);
    return sum === crc32(code).toString(16) ? { file, names, code } : { file, names: [] };
  } catch {
    return { file, names: [] };
  }
}

function readOwn(file: string): Buffer {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const found = fstatSync(descriptor);
    const isOwn = found.isFile() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
    if (!isOwn || found.size > mostBytes) throw new Error('It is not kept code.');
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Keeps the code once more where this command was not called before. A cache that cannot be written costs only time. */
export function keepCode(script: Script, { file, names }: KeptCode, command: string): void {
  const known = script.cachedDataRejected === true ? [] : names;
  if (file === '' || !/^[a-z-]{1,40}$/.test(command) || known.includes(command) || known.length >= mostNames) return;
  const folder = dirname(file);
  // Two containers with one home have equal process ids.
  const next = `${file}.${process.pid}-${process.hrtime.bigint()}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const code = script.createCachedData();
    const head = `${[crc32(code).toString(16), ...known, command].join(' ')}\n`;
    writeFileSync(next, Buffer.concat([Buffer.from(head), code]), { flag: 'wx', mode: 0o600 });
    renameSync(next, file);
    for (const name of readdirSync(folder)) {
      const old = join(folder, name);
      if (name.startsWith(prefix) && old !== file) rmSync(old, { force: true });
    }
  } catch {
    // Nothing is lost, and a full disk gets back what it took.
    rmSync(next, { force: true });
  }
}
