import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EngineProcess } from './process.ts';
import type { FileAtStart } from './settings-in-force.ts';
import type { Flags } from './flags.ts';
import { readBounded } from './read-bounded.ts';

/** daemon.json as an engine had it at its start, to be kept for when somebody changes it. It may hold passwords: in memory alone. */
export interface RememberedFile {
  readonly pid: number;
  readonly started: number;
  readonly text: string;
}

/** The file at the start and now. */
export interface EngineFile {
  readonly atStart: FileAtStart;
  /** What it holds now; empty where it is not there or cannot be read. */
  readonly now: Readonly<Record<string, unknown>>;
  readonly remember?: RememberedFile;
}

const longestFile = 1024 * 1024;
/** Milliseconds: the start of a process is known to a hundredth of a second, and it reads the file later. */
const slack = 100;

/** Reads the settings of an engine through its own root, and says whether they are those that it was started with. */
export async function readEngineFile(
  engine: EngineProcess,
  flags: Flags,
  { remembered, proc = '/proc' }: { readonly remembered?: RememberedFile; readonly proc?: string },
): Promise<EngineFile> {
  const path = flags.get('config-file')?.at(-1) ?? usualPath(engine, flags);
  const place = join(proc, `${engine.pid}/root`, path);
  const kept =
    remembered?.pid === engine.pid && Math.abs(remembered.started - engine.started) < 1000 ? remembered : undefined;
  const changed = await changeOf(place);
  if (changed === undefined) return await withoutFile({ engine, flags, path, place, kept });
  const text = await readBounded(place, longestFile).catch(() => undefined);
  const now = text === undefined ? undefined : parse(text);
  if (changed > engine.started + slack || text === undefined || now === undefined)
    return {
      atStart: keptOr(kept, path, 'was changed after the engine started, and nobody had read it before'),
      now: now ?? {},
    };
  return {
    atStart: { kind: 'read', path, settings: now },
    now,
    remember: { pid: engine.pid, started: engine.started, text },
  };
}

interface Absent {
  readonly engine: EngineProcess;
  readonly flags: Flags;
  readonly path: string;
  readonly place: string;
  readonly kept: RememberedFile | undefined;
}

/** An engine refuses to start where the file that a flag names is not there: such a one was removed since. */
async function withoutFile({ engine, flags, path, place, kept }: Absent): Promise<EngineFile> {
  const folderChanged = await changeOf(dirname(place));
  const mayBeRemoved = flags.has('config-file') || (folderChanged ?? 0) > engine.started + slack;
  if (kept === undefined && !mayBeRemoved) return { atStart: { kind: 'none', path }, now: {} };
  return { atStart: keptOr(kept, path, 'may have been removed after the engine started'), now: {} };
}

function keptOr(kept: RememberedFile | undefined, path: string, why: string): FileAtStart {
  const settings = kept && parse(kept.text);
  if (settings !== undefined) return { kind: 'read', path, settings };
  return { kind: 'unknown', path, why: `${path} ${why}; restart the engine to assess it` };
}

/** When a file was changed, moved here or given other rights, whichever came last; `undefined` where it is not there. */
async function changeOf(path: string): Promise<number | undefined> {
  try {
    const { mtimeMs, ctimeMs } = await stat(path);
    return Math.max(mtimeMs, ctimeMs);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function usualPath({ environment }: EngineProcess, flags: Flags): string {
  if (!flags.has('rootless') && environment['ROOTLESSKIT_STATE_DIR'] === undefined) return '/etc/docker/daemon.json';
  const home = environment['HOME'] ?? '/root';
  return join(environment['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'docker/daemon.json');
}

/** As the engine reads it: empty is nothing set. */
function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
