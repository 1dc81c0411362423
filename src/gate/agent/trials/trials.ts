import { setTimeout as wait } from 'node:timers/promises';
import { type Log, messageOf } from '#base/index.ts';
import type { TrialLine, TrialsStatement } from '../../contract.ts';
import type { LineOfRing, Ring } from './lines.ts';
import { nextLine } from './next-line.ts';
import type { TriedRing } from './ring.ts';
import { keyOf, type TrialBook } from './trial-book.ts';
import { tryLine } from './try-line.ts';

export interface TrialsOptions {
  /** Block lines in force now; none while there is no ledger. */
  readonly lines: () => readonly LineOfRing[];
  readonly rings: Readonly<Record<Ring, TriedRing>>;
  readonly book: TrialBook;
  readonly report: (statement: Omit<TrialsStatement, 'host'>) => void;
  readonly log: Log;
  /** Milliseconds within which each line is tried once. */
  readonly every?: number;
  /** The time by which lines take their turns. */
  readonly time?: TrialTime;
}

export interface TrialTime {
  now(): Date;
  /** Milliseconds, whatever is done to the host's clock. */
  passed(): number;
  /** Resolves after so many milliseconds, or at once where the signal is given. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

const hostTime: TrialTime = {
  now: () => new Date(),
  passed: () => performance.now(),
  wait: async (milliseconds, signal) => await wait(milliseconds, undefined, { signal }).catch(() => undefined),
};

export interface Trials {
  close(): Promise<void>;
}

const hour = 60 * 60_000;
/** Between two tries of the first round. */
const firstPause = 1000;
/** Between two looks whether another line is in force or due. */
const longestWait = 30_000;
/** Between two statements while lines still wait for their first try. */
const alarmPause = 10_000;
/** Part of the period after which a ring is asked again that could not be asked. */
const soonPart = 12;
/** Between two statements of which only the counters are other ones. */
const reportEvery = 10 * 60_000;

/** Tries every block line in force, one at a time, again and again. */
export function startTrials(options: TrialsOptions): Trials {
  const ended = new AbortController();
  const { time = hostTime } = options;
  const round = new Round(options, time);
  const keepTrying = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const pause = await round.step(ended.signal).catch((error: unknown) => {
        options.log.error({ error: messageOf(error) }, 'A line could not be tried.');
        return longestWait;
      });
      await time.wait(pause, ended.signal);
    }
  };
  const working = keepTrying();
  return {
    async close() {
      ended.abort();
      await working;
    },
  };
}

/** What was tried since the agent started. */
class Round {
  readonly #options: TrialsOptions;
  readonly #every: number;
  readonly #time: TrialTime;
  readonly #triedAt = new Map<string, number>();
  /** Lines whose ring could not be asked at their newest try. */
  readonly #unasked = new Set<string>();
  #lastTry: number | undefined;
  #reportedAt = Number.NEGATIVE_INFINITY;
  /** Something is other than was told. */
  #isNews = false;

  constructor(options: TrialsOptions, time: TrialTime) {
    this.#options = options;
    this.#time = time;
    this.#every = options.every ?? hour;
  }

  /** Tries the next line where it is due. Resolves to the milliseconds until there may be another one. */
  async step(signal: AbortSignal): Promise<number> {
    const lines = this.#options.lines();
    this.#forgetOthers(lines);
    this.#askAgain(lines);
    const next = nextLine(lines, (line) => this.#triedAt.get(keyOf(line)), {
      pace: { every: this.#every, first: firstPause },
      lastTry: this.#lastTry,
      now: this.#time.passed(),
    });
    if (next === undefined) {
      if (this.#isNews) await this.#reportDue(lines);
      return Math.min(longestWait, this.#every / 4);
    }
    if (next.wait > 0) return Math.min(next.wait, longestWait);
    await this.#tryOne(next.line, signal);
    if (!signal.aborted) await this.#reportDue(lines);
    return 0;
  }

  async #tryOne(line: LineOfRing, signal: AbortSignal): Promise<void> {
    const { rings, book, log } = this.#options;
    const result = await tryLine(line.ask, rings[line.ring]);
    if (signal.aborted) return;
    const { rule, check, ring } = line;
    if (result.state === 'passed')
      log.error(
        { rule: rule?.id, check, ring, reason: result.reason },
        'A gate let a start through that a line blocks.',
      );
    this.#isNews = book.note(line, result, this.#time.now()) || this.#isNews;
    const key = keyOf(line);
    this.#triedAt.set(key, this.#time.passed());
    if (result.asked === 'not') this.#unasked.add(key);
    else this.#unasked.delete(key);
    // What is only said, and not asked, takes no time of anybody.
    if (line.ask.kind === 'start') this.#lastTry = this.#time.passed();
  }

  /** At once where a line stands otherwise and none waits for its first try; else now and then. */
  async #reportDue(lines: readonly LineOfRing[]): Promise<void> {
    const { book, report } = this.#options;
    const isWhole = lines.every((line) => this.#triedAt.has(keyOf(line)));
    const told = book.lines(lines, this.#time.now());
    const age = this.#time.passed() - this.#reportedAt;
    const isAlarm = this.#isNews && told.some(isPassed) && age >= Math.min(alarmPause, this.#every / 10);
    const isDue = age >= Math.min(reportEvery, this.#every);
    if (!isAlarm && !(isWhole && (this.#isNews || isDue))) return;
    report({
      at: this.#time.now().toISOString(),
      every: Math.max(1, Math.round(this.#every / 1000)),
      lines: [...told],
    });
    this.#reportedAt = this.#time.passed();
    this.#isNews = false;
    await book.keep(lines);
  }

  /** A ring that stands again is tried again long before the period is over, and never in a burst. */
  #askAgain(lines: readonly LineOfRing[]): void {
    const before = this.#time.passed() - this.#every / soonPart;
    for (const line of lines) {
      const key = keyOf(line);
      const triedAt = this.#triedAt.get(key);
      if (!this.#unasked.has(key) || triedAt === undefined || triedAt > before) continue;
      if (this.#options.rings[line.ring].absence() !== undefined) continue;
      this.#unasked.delete(key);
      this.#triedAt.delete(key);
    }
  }

  #forgetOthers(lines: readonly LineOfRing[]): void {
    const keys = new Set(lines.map((line) => keyOf(line)));
    for (const key of this.#triedAt.keys()) {
      if (keys.has(key)) continue;
      this.#triedAt.delete(key);
      this.#unasked.delete(key);
      this.#isNews = true;
    }
  }
}

function isPassed({ state }: TrialLine): boolean {
  return state === 'passed';
}
