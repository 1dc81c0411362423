import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError, messageOf } from '#base/index.ts';
import { hashOf, look, lstatOf, partialOf, replaceFile, sha256Of, syncFolder } from './durable.ts';
import type { OpenRecord } from './record.ts';
import type { Change } from './schema.ts';

type DiversionChange = Extract<Change, { readonly kind: 'diversion' }>;

/** One of dpkg's diversions. */
export interface Diversion {
  readonly path: string;
  readonly to: string;
  /** Package whose own files are not diverted; `:` for one that an administrator made. */
  readonly package: string;
}

/** Folder of dpkg's database. */
const database = '/var/lib/dpkg';
const listFile = join(database, 'diversions');
const listFiles = [listFile, join(database, 'diversions-old')];

/** The diversion of a path, as dpkg keeps it: three lines each (deb-divert, `dpkg/lib/dpkg/db-ctrl-*`). */
export function diversionOf(path: string): Diversion | undefined {
  return existsSync(listFile) ? diversionsIn(readFileSync(listFile)).find((one) => one.path === path) : undefined;
}

function diversionsIn(list: Uint8Array): readonly Diversion[] {
  const lines = Buffer.from(list).toString('utf8').split('\n');
  return Array.from({ length: Math.floor(lines.length / 3) }, (_, index) => {
    const [path = '', to = '', owner = ''] = lines.slice(index * 3, index * 3 + 3);
    return { path, to, package: owner };
  });
}

/** Whether dpkg installed this file, and knows diversions therefore. */
export function isOfDpkg(path: string): boolean {
  try {
    return dpkg('dpkg-query', ['--search', path]).includes(path);
  } catch {
    return false;
  }
}

export function divertedPlace(path: string): string {
  return `${path}.seawall-real`;
}

/**
 * Puts the wrapper at a path whose file dpkg installed. dpkg keeps the real one beside it from then on, through upgrades
 * too. There is a runtime at the path at every moment: the real one gets a second name before the wrapper takes the first.
 */
export function putDiversion(record: OpenRecord, path: string, wrapper: Uint8Array): void {
  const to = divertedPlace(path);
  const found = diversionOf(path);
  const known = record.current().changes.find((change) => change.path === path);
  const earlier = known?.kind === 'diversion' ? known : undefined;
  if (found !== undefined && (earlier === undefined || found.to !== to))
    throw new AppError('gate-unsuitable', `dpkg already diverts ${path} to ${found.to}, for somebody else.`, {
      next: 'Take that diversion out, or use `seawall gate install --no-divert`.',
    });
  const hash = sha256Of(wrapper);
  const ours = [...(earlier?.ours ?? []).filter((one) => one !== hash), hash];
  record.put({
    kind: 'diversion',
    path,
    to,
    ours,
    lists: earlier?.lists ?? listFiles.map((list) => kept(record, list)),
  });
  if (found === undefined) dpkg('dpkg-divert', ['--local', '--no-rename', '--divert', to, '--add', path]);
  const now = hashOf(path);
  if (now !== undefined && !ours.includes(now)) giveSecondName(path, to);
  if (!existsSync(to))
    throw new AppError('gate-unsuitable', `${to}, the engine’s runtime, is gone.`, { next: reinstall });
  if (now !== hash) replaceFile(path, wrapper, { mode: 0o755 });
}

const reinstall = 'Install the runtime’s package again, then repeat the command.';

/** Not where another one stands already: the package put its own there, and what is at the path is a stranger's. */
function giveSecondName(path: string, to: string): void {
  const other = lstatOf(to);
  if (other === undefined) {
    linkSync(path, to);
    syncFolder(dirname(to));
  } else if (other.ino !== lstatOf(path)?.ino) {
    throw replaced(path);
  }
}

/**
 * Puts the real runtime back and ends the diversion; dpkg's lists are byte for byte as before where nothing else was
 * diverted since. Throws `AppError` `gate-changed` when the file at the path is neither the wrapper nor the real one.
 */
export function undoDiversion(record: OpenRecord, change: DiversionChange): void {
  const { path, to, ours } = change;
  rmSync(partialOf(path), { force: true });
  const now = hashOf(path);
  const isWrapper = now !== undefined && ours.includes(now);
  if (existsSync(to)) {
    if (now !== undefined && !isWrapper && lstatOf(path)?.ino !== lstatOf(to)?.ino) throw replaced(path);
    if (lstatOf(path)?.ino === lstatOf(to)?.ino) unlinkSync(to);
    else renameSync(to, path);
  } else if (isWrapper) {
    unlinkSync(path);
  }
  syncFolder(dirname(path));
  if (diversionOf(path)?.to === to) dpkg('dpkg-divert', ['--local', '--no-rename', '--remove', path]);
  restoreLists(record, change);
}

/** dpkg writes its list in an order of its own; where it says the same as before, it gets its bytes back. */
function restoreLists(record: OpenRecord, { lists }: DiversionChange): void {
  const before = lists.find(({ path }) => path === listFile)?.before;
  const now = look(listFile);
  if (now === undefined || (before !== undefined && !sameDiversions(record.kept(before), now.content))) return;
  if (before === undefined && diversionsIn(now.content).length > 0) return;
  for (const { path, before: old } of lists) {
    if (old === undefined) rmSync(path, { force: true });
    else replaceFile(path, record.kept(old), old);
  }
}

function sameDiversions(one: Uint8Array, other: Uint8Array): boolean {
  const text = (list: Uint8Array): string =>
    JSON.stringify(diversionsIn(list).toSorted((a, b) => (a.path < b.path ? -1 : 1)));
  return text(one) === text(other);
}

function kept(record: OpenRecord, path: string): DiversionChange['lists'][number] {
  const before = record.keep(path);
  return before === undefined ? { path } : { path, before };
}

function replaced(path: string): AppError {
  return new AppError('gate-changed', `${path} is neither the gate’s wrapper nor the engine’s runtime.`, {
    next: `Look what ${path} is; delete it when it is not wanted, then run the command again.`,
  });
}

function dpkg(program: string, words: readonly string[]): string {
  try {
    return execFileSync(program, [...words], { encoding: 'utf8', stdio: 'pipe', env: { ...process.env, LC_ALL: 'C' } });
  } catch (error) {
    throw new AppError('gate-unsuitable', `${program} failed: ${messageOf(error)}`, { cause: error });
  }
}
