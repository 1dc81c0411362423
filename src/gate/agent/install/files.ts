import { mkdirSync, readdirSync, readlinkSync, renameSync, rmdirSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '#base/index.ts';
import { hashOf, lstatOf, partialOf, replaceFile, sha256Of, syncFolder } from './durable.ts';
import type { OpenRecord } from './record.ts';
import type { Change } from './schema.ts';

type FileChange = Extract<Change, { readonly kind: 'file' }>;
type FolderChange = Extract<Change, { readonly kind: 'folder' }>;
type BesideChange = Extract<Change, { readonly kind: 'beside' }>;
type LinkChange = Extract<Change, { readonly kind: 'link' }>;

/** Makes a folder and those above it that are missing. */
function putFolder(record: OpenRecord, path: string): void {
  if (lstatOf(path) !== undefined) return;
  putFolder(record, dirname(path));
  record.put({ kind: 'folder', path });
  mkdirSync(path, { mode: 0o755 });
}

export interface NewFile {
  readonly bytes: Uint8Array;
  /** Of a file that was not there. */
  readonly mode?: number;
}

/**
 * Gives a file this content, keeping how it was when it is touched for the first time. Mode and owner stay. Throws
 * `AppError` `gate-changed` when somebody else changed it since.
 */
export function putFile(record: OpenRecord, path: string, { bytes, mode = 0o644 }: NewFile): void {
  putFolder(record, dirname(path));
  const now = hashOf(path);
  const wanted = sha256Of(bytes);
  const known = changeOf(record, path);
  if (known === undefined && lstatOf(path) !== undefined && now === undefined)
    throw new AppError('gate-changed', `${path} is no regular file, so it is left alone.`);
  const before = known === undefined ? record.keep(path) : known.before;
  if (known !== undefined && now !== before?.sha256 && !isOurs(known, now)) throw changedSince(path);
  if (now === wanted) return;
  const ours = [...(known?.ours ?? []).filter((hash) => hash !== wanted), wanted];
  record.put({ kind: 'file', path, ours, ...(before !== undefined && { before }) });
  replaceFile(path, bytes, before === undefined ? { mode } : { ...before, mtime: undefined });
}

export function putLink(record: OpenRecord, path: string, target: string): void {
  putFolder(record, dirname(path));
  if (lstatOf(path)?.isSymbolicLink() === true && readlinkSync(path) === target) return;
  if (lstatOf(path) !== undefined)
    throw new AppError('gate-changed', `${path} is there already and is not the gate’s.`);
  record.put({ kind: 'link', path, target });
  symlinkSync(target, path);
}

/** Puts the wrapper where nobody else keeps a file. */
export function putBeside(record: OpenRecord, change: Omit<BesideChange, 'kind' | 'ours'>, wrapper: Uint8Array): void {
  const ours = sha256Of(wrapper);
  record.put({ kind: 'beside', ...change, ours });
  if (hashOf(change.path) !== ours) replaceFile(change.path, wrapper, { mode: 0o755 });
}

/** Leads to the runtime itself from then on: containers that run are ended by the name they were started with. */
export function undoBeside({ path, runtime }: BesideChange): void {
  const partial = partialOf(path);
  rmSync(partial, { force: true });
  symlinkSync(runtime, partial);
  renameSync(partial, path);
}

/** Whether a file is as it was before the gate, or has no more of it: what `gate remove` need not touch. */
export type IsClean = (path: string) => boolean;

/** Puts a file back as it was. Throws `AppError` `gate-changed` when somebody else changed it since. */
export function undoFile(record: OpenRecord, change: FileChange, isClean: IsClean): void {
  const { path, before } = change;
  rmSync(partialOf(path), { force: true });
  const now = hashOf(path);
  if (now !== before?.sha256 && !isOurs(change, now)) {
    if (isClean(path)) return;
    throw changedSince(path);
  }
  if (before !== undefined) replaceFile(path, record.kept(before), before);
  else if (now !== undefined) unlinkSync(path);
  syncFolder(dirname(path));
}

/** What others have put into it stays, and so does the folder. */
export function undoFolder({ path }: FolderChange): void {
  if (lstatOf(path)?.isDirectory() === true && readdirSync(path).length === 0) rmdirSync(path);
}

export function undoLink({ path, target }: LinkChange): void {
  if (lstatOf(path)?.isSymbolicLink() === true && readlinkSync(path) === target) unlinkSync(path);
}

function changeOf(record: OpenRecord, wanted: string): FileChange | undefined {
  const found = record.current().changes.find(({ path }) => path === wanted);
  return found?.kind === 'file' ? found : undefined;
}

function isOurs({ ours }: FileChange, hash: string | undefined): boolean {
  return hash !== undefined && ours.includes(hash);
}

function changedSince(path: string): AppError {
  return new AppError('gate-changed', `${path} was changed since the gate changed it, so it is left alone.`, {
    next: `Take the gate’s lines out of ${path}, or restore the file, and run the command again.`,
  });
}
