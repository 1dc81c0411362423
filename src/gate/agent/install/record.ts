import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, messageOf } from '#base/index.ts';
import { look, replaceFile } from './durable.ts';
import { type Change, type FileBefore, InstallRecord, type InstallWish } from './schema.ts';

/** The record of what the gate has changed, kept while it is worked on. */
export interface OpenRecord {
  readonly current: () => InstallRecord;
  /** Writes a change down, in the place of the one of the same path. On the disk when it returns. */
  put(change: Change): void;
  /** Strikes a change out that was undone. */
  strike(change: Change): void;
  setState(state: InstallRecord['state']): void;
  /** Keeps a file as it is now; `undefined` when there is none. */
  keep(path: string): FileBefore | undefined;
  /** Content of a file that was kept. Throws `AppError` `gate-changed` when it is gone. */
  kept(before: FileBefore): Uint8Array;
  /** Removes the record and what it kept. */
  close(): void;
}

const fileName = 'install.json';
const keptFolder = 'before';

/** Throws `AppError` `gate-changed` when there is one that cannot be read. */
export function readRecord(gateFolder: string): InstallRecord | undefined {
  const file = join(gateFolder, fileName);
  if (!existsSync(file)) return undefined;
  try {
    return InstallRecord.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new AppError(
      'gate-changed',
      `The record of the installed gate, ${file}, cannot be read: ${messageOf(error)}`,
    );
  }
}

export interface RecordStart {
  readonly gateFolder: string;
  readonly wish: InstallWish;
  readonly now: Date;
}

/** Goes on with the record that is there, or begins one. */
export function openRecord({ gateFolder, wish, now }: RecordStart): OpenRecord {
  const file = join(gateFolder, fileName);
  const kept = join(gateFolder, keptFolder);
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  chmodSync(gateFolder, 0o700);
  let record: InstallRecord = {
    form: 1,
    state: 'installing',
    at: now.toISOString(),
    changes: [],
    ...readRecord(gateFolder),
    wish,
  };
  const save = (next: InstallRecord): void => {
    record = next;
    replaceFile(file, Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`), { mode: 0o600 });
  };
  return {
    current: () => record,
    put: (change) => {
      const place = record.changes.findIndex(({ path }) => path === change.path);
      save({ ...record, changes: place < 0 ? [...record.changes, change] : record.changes.with(place, change) });
    },
    strike: (change) => save({ ...record, changes: record.changes.filter(({ path }) => path !== change.path) }),
    setState: (state) => save({ ...record, state }),
    keep: (path) => {
      const found = look(path);
      if (found !== undefined) replaceFile(join(kept, found.before.sha256), found.content, { mode: 0o600 });
      return found?.before;
    },
    kept: ({ sha256 }) => {
      const place = join(kept, sha256);
      if (look(place)?.before.sha256 === sha256) return readFileSync(place);
      throw new AppError('gate-changed', `${place}, a file as it was before the gate, is gone or changed.`);
    },
    close: () => {
      rmSync(file, { force: true });
      rmSync(kept, { recursive: true, force: true });
    },
  };
}
