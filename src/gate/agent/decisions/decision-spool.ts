import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { atEachBeat, type Log, messageOf } from '#base/index.ts';
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
  /** A file held no decision: a start that was let through may never be told. */
  readonly lost: () => void;
  readonly log: Log;
  /** Milliseconds between two looks, besides those that a change of the folder brings. */
  readonly look?: number;
}

export interface DecisionSpool {
  /** Files that hold no decision, since the start. */
  damaged(): number;
  /** Takes what lies there. Resolves to whether all of it was read, so that every start that was let through is known. */
  collect(): Promise<boolean>;
  /** What is wrong with what lies there, with the next step. */
  problems(): readonly string[];
  close(): Promise<void>;
}

/** Files that are taken in one look. */
const mostAtOnce = 5000;

/** Collects the wrapper's decisions: those that waited at the start, and each that comes. One that fails is in the way of no other. */
export function openDecisionSpool(options: DecisionSpoolOptions): DecisionSpool {
  const { folder, log, look = 5000 } = options;
  const spool: Spool = {
    options,
    taken: new Set(),
    over: new Set(),
    unread: new Set(),
    faults: new Map(),
    damaged: 0,
    closed: '',
  };
  let working = Promise.resolve(false);
  let isDue = false;
  const collect = (): Promise<boolean> => {
    if (isDue) return working;
    isDue = true;
    working = working
      .then(() => {
        isDue = false;
        return collectAll(spool);
      })
      .catch((error: unknown) => {
        log.error({ error: messageOf(error) }, 'Decisions wait; they are reported later.');
        return false;
      });
    return working;
  };
  const watcher = watching(folder, () => void collect());
  const stopLooking = atEachBeat(look, () => void collect());
  void collect();
  return {
    damaged: () => spool.damaged,
    collect,
    problems: () => problemsOf(spool),
    async close() {
      stopLooking();
      watcher?.close();
      await working;
    },
  };
}

interface Spool {
  readonly options: DecisionSpoolOptions;
  /** Files that are counted and wait to be told. */
  readonly taken: Set<string>;
  /** Files that say nothing more, and lie there only because they could not be removed. */
  readonly over: Set<string>;
  /** Files that may hold a decision, and cannot be read. */
  readonly unread: Set<string>;
  /** Why a file lies there that should be done with. */
  readonly faults: Map<string, string>;
  damaged: number;
  /** Why the folder cannot be read; empty: it can. */
  closed: string;
}

/** Without it, the looks by the clock find what is new. */
function watching(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const watcher = watch(folder, changed);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

/** Whether all that lies there was read. */
async function collectAll(spool: Spool): Promise<boolean> {
  const names = await namesIn(spool);
  if (names === undefined) return false;
  forgetGone(spool, new Set(names));
  for (const name of spool.over) await remove(spool, name);
  const waiting = names.filter((name) => !spool.taken.has(name) && !spool.over.has(name));
  // Those that failed before come last, so that others are taken however many they are.
  const rank = (name: string): string => `${spool.faults.has(name) ? 1 : 0}${name}`;
  const sorted = waiting.toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1));
  const unreported: string[] = [];
  for (const name of sorted.slice(0, mostAtOnce)) {
    const why = await collectOne(spool, name);
    if (why !== undefined) unreported.push(why);
  }
  if (unreported.length > 0)
    spool.options.log.error(
      { unreported: unreported.length, error: unreported[0] },
      'Decisions wait; they are reported later.',
    );
  return sorted.length <= mostAtOnce && spool.unread.size === 0;
}

/** Names of decisions. Whoever removed the folder took what lay in it; what comes needs it again. */
async function namesIn(spool: Spool): Promise<readonly string[] | undefined> {
  const { folder, log } = spool.options;
  try {
    const names = await readdir(folder).catch(async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return await readdir(folder);
    });
    spool.closed = '';
    return names.filter((name) => name.endsWith('.json'));
  } catch (error) {
    const why = messageOf(error);
    if (spool.closed !== why) log.error({ folder, error: why }, 'Decisions cannot be collected.');
    spool.closed = why;
    return undefined;
  }
}

function forgetGone({ over, unread, faults }: Spool, there: ReadonlySet<string>): void {
  for (const name of [...over, ...unread, ...faults.keys()]) {
    if (there.has(name)) continue;
    over.delete(name);
    unread.delete(name);
    faults.delete(name);
  }
}

/** Why it could not be told; `undefined`: nothing of it is left to be told. */
async function collectOne(spool: Spool, name: string): Promise<string | undefined> {
  const decision = await read(spool, name);
  if (decision === undefined) return undefined;
  spool.taken.add(name);
  const done = (): void => {
    spool.over.add(name);
    void remove(spool, name);
  };
  try {
    await spool.options.take(decision, done);
    if (!spool.over.has(name)) spool.faults.delete(name);
    return undefined;
  } catch (error) {
    spool.taken.delete(name);
    spool.faults.set(name, `cannot be reported: ${messageOf(error)}`);
    return messageOf(error);
  }
}

/**
 * One that holds no decision is removed and counted: it would be in the way for ever, and says nothing. One that the
 * system does not let be read may hold one: it stays.
 */
async function read(spool: Spool, name: string): Promise<SpooledDecision | undefined> {
  const file = join(spool.options.folder, name);
  try {
    const found = await readJson(file);
    spool.unread.delete(name);
    return found === undefined ? undefined : SpooledDecision.parse(found);
  } catch (error) {
    if (isOfSystem(error)) {
      spool.unread.add(name);
      return fault(spool, name, `cannot be read: ${messageOf(error)}`);
    }
    spool.unread.delete(name);
    spool.damaged += 1;
    spool.options.lost();
    spool.options.log.error({ file, error: messageOf(error).slice(0, 500) }, 'A decision cannot be read.');
    spool.over.add(name);
    await remove(spool, name);
    return undefined;
  }
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** What cannot be removed is not told again: it is tried again at the next look. */
async function remove(spool: Spool, name: string): Promise<void> {
  try {
    await rm(join(spool.options.folder, name), { force: true });
    spool.over.delete(name);
    spool.taken.delete(name);
    spool.faults.delete(name);
  } catch (error) {
    fault(spool, name, `cannot be removed: ${messageOf(error)}`);
  }
}

/** Said once for each reason. */
function fault({ options, faults }: Spool, name: string, why: string): undefined {
  if (faults.get(name) === why) return;
  faults.set(name, why);
  options.log.error({ file: join(options.folder, name), why }, 'A decision is not done with; it is tried again.');
}

const remedy = 'Make room on the disk, or mend its rights.';

function problemsOf({ options, damaged, faults, closed }: Spool): readonly string[] {
  const [first] = faults;
  const others = faults.size > 1 ? `, and ${faults.size - 1} more are not done with` : '';
  return [
    ...(damaged === 0 ? [] : [`${damaged} decisions of the runtime could not be read: see the agent's log.`]),
    ...(first === undefined
      ? []
      : [`A decision of the runtime waits: ${join(options.folder, first[0])} ${first[1]}${others}. ${remedy}`]),
    ...(closed === '' ? [] : [`Decisions of the runtime cannot be collected: ${closed}. ${remedy}`]),
  ];
}
