import { setImmediate as breathe, setTimeout as wait } from 'node:timers/promises';
import { type Log, messageOf, type SubjectId, untilBeat } from '#base/index.ts';
import type { UseFact } from '../../contract.ts';
import type { RunningContainer } from '../collector.ts';
import type { Reporter } from '../reporter.ts';
import { processNumbers, type ProcessState, processState } from './proc.ts';
import { type Place, type ProcessView, viewProcesses } from './process-view.ts';

export interface UseWatchOptions {
  readonly reporter: Reporter;
  readonly running: () => readonly RunningContainer[];
  /** What the host's own processes load is told of this subject; without one they are left out. */
  readonly hostSubject?: SubjectId;
  readonly log: Log;
  /** Where processes are looked at; `/proc` unless said. */
  readonly proc?: string;
  readonly pace?: UsePace;
}

export interface UsePace {
  /** Milliseconds between two passes: of the first multiple of it in which a pass takes no more than its share. */
  readonly pause: number;
  /** Milliseconds of work in one pass; what is left over is looked at in the next. */
  readonly budget: number;
  /** Milliseconds after which a process is looked at again although it seems not to have changed. */
  readonly again: number;
  /** Milliseconds after which files are told again, so that the console knows when they were last in use. */
  readonly repeat: number;
}

/** Part of a processor that passes may take, and how many pauses there are between two of them at most. */
const share = 0.0005;
const mostPauses = 4;

/** Milliseconds: a process that grows all the time is looked into as seldom. */
const longestGrowth = 60_000;

const usualPace: UsePace = { pause: 15_000, budget: 1000, again: 5 * 60_000, repeat: 6 * 3_600_000 };

/** What a pass cost. */
export interface UsePass {
  readonly processes: number;
  /** Those that were looked into, not only at. */
  readonly opened: number;
  /** Those of other users, which this one may not look into. */
  readonly refused: number;
  readonly milliseconds: number;
}

interface Seen {
  readonly state: ProcessState;
  readonly place: Place;
  readonly isJava: boolean;
  readonly refused: boolean;
  /** When it was looked into first since it runs this program, and last. */
  readonly since: number;
  readonly at: number;
}

/** Longest stretch of work without a pause for others, in milliseconds. */
const stretch = 8;

/** Files of one fact at most. */
const filesAtOnce = 20_000;

/** Tells which files processes of containers and of the host have loaded, each when it is first seen. */
export class UseWatch {
  readonly #options: UseWatchOptions;
  readonly #proc: string;
  readonly #pace: UsePace;
  readonly #ended = new AbortController();
  readonly #working: Promise<void>;
  #seen = new Map<number, Seen>();
  /** Threads of the kernel, with when they were found: most of what runs on many a host, and none of it loads anything. */
  readonly #kernel = new Map<number, number>();
  /** Files told, by container or for the host (`''`). */
  readonly #reported = new Map<string, Set<string>>();
  #fresh = new Map<string, string[]>();
  #reportedSince = performance.now();
  #next = 0;

  constructor(options: UseWatchOptions) {
    this.#options = options;
    this.#proc = options.proc ?? '/proc';
    this.#pace = options.pace ?? usualPace;
    this.#working = this.#work();
  }

  /** Looks at the processes once. */
  async pass(): Promise<UsePass> {
    if (performance.now() - this.#reportedSince > this.#pace.repeat) this.repeat();
    const running = new Map(this.#options.running().map((container) => [container.id, container]));
    for (const id of this.#reported.keys()) if (id !== '' && !running.has(id)) this.#reported.delete(id);
    const work = { processes: 0, opened: 0, refused: 0, milliseconds: 0 };
    const pids = this.#inTurn();
    const view = viewProcesses(this.#proc, running);
    let since = performance.now();
    for (const pid of pids) {
      work.processes += 1;
      if (this.#look(pid, view)) work.opened += 1;
      if (this.#seen.get(pid)?.refused === true) work.refused += 1;
      const spent = performance.now() - since;
      if (spent < stretch) continue;
      work.milliseconds += spent;
      this.#next = pid;
      if (work.milliseconds > this.#pace.budget || this.#ended.signal.aborted) break;
      await breathe();
      since = performance.now();
    }
    work.milliseconds += performance.now() - since;
    if (work.processes === pids.length) this.#next = 0;
    this.#report(running);
    return work;
  }

  /** Tells everything again from now on. */
  repeat(): void {
    this.#seen.clear();
    this.#kernel.clear();
    this.#reported.clear();
    this.#reportedSince = performance.now();
  }

  async close(): Promise<void> {
    this.#ended.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#ended;
    for (let took = 0; !signal.aborted; ) {
      await wait(untilBeat(pauseAfter(took, this.#pace)), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const pass = await this.pass().catch((error: unknown) => {
        this.#options.log.warn({ error: messageOf(error) }, 'Running processes could not be looked at.');
      });
      took = pass?.milliseconds ?? 0;
    }
  }

  /** All processes, beginning with the one after which the pass before had no time left. */
  #inTurn(): readonly number[] {
    const pids = processNumbers(this.#proc).toSorted((one, other) => one - other);
    const alive = new Set(pids);
    for (const known of [this.#seen, this.#kernel])
      for (const pid of known.keys()) if (!alive.has(pid)) known.delete(pid);
    const from = pids.findIndex((pid) => pid > this.#next);
    return from <= 0 ? pids : [...pids.slice(from), ...pids.slice(0, from)];
  }

  /** Looks at a process, and into it when it may have loaded more. Answers whether it looked into it. */
  #look(pid: number, view: ProcessView): boolean {
    const now = performance.now();
    if (now - (this.#kernel.get(pid) ?? Number.NEGATIVE_INFINITY) < this.#pace.again) return false;
    const state = processState(this.#proc, pid);
    if (state === undefined) return false;
    if (state.isKernel) {
      this.#kernel.set(pid, now);
      return false;
    }
    const seen = this.#seen.get(pid);
    const isSame = seen?.state.start === state.start && seen.state.name === state.name;
    if (isSame && now - seen.at < this.#pace.again && (seen.state.size === state.size || isGrowing(seen, now))) {
      if (seen.isJava) this.#add(seen.place, view.archivesOf(pid, seen.place));
      return false;
    }
    const place = view.placeOf(pid);
    if (place.kind === 'elsewhere' || (place.kind === 'host' && this.#options.hostSubject === undefined)) return false;
    if (place.kind === 'container' && place.container.subject === undefined) return false;
    const { files, isJava, refused } = view.loadedBy(pid, place);
    this.#add(place, files);
    this.#seen.set(pid, { state, place, isJava, refused, since: isSame ? seen.since : now, at: now });
    return true;
  }

  #add(place: Place, files: readonly string[]): void {
    const id = place.kind === 'container' ? place.container.id : '';
    const reported = this.#reported.get(id) ?? new Set();
    this.#reported.set(id, reported);
    for (const path of files) {
      if (reported.has(path)) continue;
      reported.add(path);
      const fresh = this.#fresh.get(id) ?? [];
      this.#fresh.set(id, fresh);
      fresh.push(path.slice(1, 4097));
    }
  }

  #report(running: ReadonlyMap<string, RunningContainer>): void {
    const all = this.#fresh;
    this.#fresh = new Map();
    for (const [id, files] of all) {
      const subject = id === '' ? this.#options.hostSubject : running.get(id)?.subject;
      if (subject === undefined) continue;
      for (let at = 0; at < files.length; at += filesAtOnce) {
        const part = files.slice(at, at + filesAtOnce);
        const fact: UseFact = { ...(id === '' ? {} : { container: id }), subject, files: part };
        this.#options.reporter.report('use', fact);
      }
    }
  }
}

/** As long as it took to get where it was looked into last: what just started may load more at any time, what runs for long seldom does. */
function isGrowing({ since, at }: Seen, now: number): boolean {
  return now - at < Math.min(at - since, longestGrowth);
}

/** A pass on a host of many processes takes longer, and the pause after it is longer as well. */
export function pauseAfter(took: number, { pause }: Pick<UsePace, 'pause'>): number {
  const pauses = Math.ceil(took / share / pause);
  return pause * Math.min(mostPauses, Math.max(1, pauses));
}
