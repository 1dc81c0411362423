import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Log, messageOf } from '#base/index.ts';
import { readJson } from '../read-bounded.ts';
import { SpooledDecision } from '../schema.ts';

export interface DecisionSpoolOptions {
  /** `*.json`, a decision each, put there whole by the wrapper. */
  readonly folder: string;
  /**
   * Takes one. Resolves when it is told or counted, and rejects when it has to be brought again. `done` is called when it
   * may be forgotten: its file then goes.
   */
  readonly take: (decision: SpooledDecision, done: () => void) => Promise<void>;
  readonly log: Log;
  /** Milliseconds between two looks, besides those that a change of the folder brings. */
  readonly look?: number;
}

export interface DecisionSpool {
  /** Files that could not be read, since the start. */
  damaged(): number;
  close(): Promise<void>;
}

/** Files that are taken in one look. */
const mostAtOnce = 5000;

/** Collects the wrapper's decisions: those that waited at the start, and each that comes. */
export function openDecisionSpool(options: DecisionSpoolOptions): DecisionSpool {
  const { folder, log, look = 5000 } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const spool: Spool = { options, taken: new Set(), damaged: 0 };
  let working = Promise.resolve();
  let isDue = false;
  const collect = (): void => {
    if (isDue) return;
    isDue = true;
    working = working
      .then(() => {
        isDue = false;
        return collectAll(spool);
      })
      .catch((error: unknown) => log.error({ error: messageOf(error) }, 'Decisions wait; they are told later.'));
  };
  const watcher = watching(folder, collect);
  const timer = setInterval(collect, look);
  collect();
  return {
    damaged: () => spool.damaged,
    async close() {
      clearInterval(timer);
      watcher?.close();
      await working;
    },
  };
}

interface Spool {
  readonly options: DecisionSpoolOptions;
  /** Files that are counted and wait to be told. */
  readonly taken: Set<string>;
  damaged: number;
}

/** Without it, the looks by the clock find what is new. */
function watching(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, changed);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

async function collectAll(spool: Spool): Promise<void> {
  const { folder } = spool.options;
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json') && !spool.taken.has(name));
  for (const name of names.toSorted().slice(0, mostAtOnce)) await collectOne(spool, name);
}

async function collectOne(spool: Spool, name: string): Promise<void> {
  const { folder, take } = spool.options;
  const file = join(folder, name);
  const decision = await read(spool, file);
  if (decision === undefined) return;
  spool.taken.add(name);
  const done = (): void => void rm(file, { force: true }).then(() => spool.taken.delete(name));
  try {
    await take(decision, done);
  } catch (error) {
    spool.taken.delete(name);
    throw error;
  }
}

/** One that cannot be read is removed and counted: it would be in the way for ever, and says nothing. */
async function read(spool: Spool, file: string): Promise<SpooledDecision | undefined> {
  try {
    const found = await readJson(file);
    return found === undefined ? undefined : SpooledDecision.parse(found);
  } catch (error) {
    spool.damaged += 1;
    spool.options.log.error({ file, error: messageOf(error).slice(0, 500) }, 'A decision cannot be read.');
    await rm(file, { force: true });
    return undefined;
  }
}
