import type { Decision } from '../../contract.ts';

/** A decision with what is to be done once it is told. */
export interface Told {
  readonly decision: Decision;
  readonly done: () => void;
}

export interface FloodOptions {
  /** Tells a decision. Resolves when that is safe on the disk. */
  readonly tell: (decision: Decision) => Promise<void>;
  /** Milliseconds in which answers that are alike are counted after the first. */
  readonly window?: number;
  readonly now?: () => number;
}

/** Answers that are told one by one within a window, whatever they are of; beyond, images are counted and not containers. */
const mostSingle = 300;

interface Flood {
  readonly until: number;
  waiting: Told[];
}

/**
 * Tells the first of answers that are alike at once and counts those that follow, so that a container that restarts in a
 * loop fills neither the spool nor the page; the last of them is told with their number when the window is over.
 */
export class Floods {
  readonly #options: FloodOptions;
  readonly #floods = new Map<string, Flood>();
  #single = { until: 0, count: 0 };
  #working: Promise<void> = Promise.resolve();

  constructor(options: FloodOptions) {
    this.#options = options;
  }

  /** Resolves when it is told or counted; rejects when it could not be told, and it is then to be brought again. */
  take(told: Told): Promise<void> {
    return this.#inTurn(() => this.#take(told));
  }

  /** Tells the floods whose window is over. Rejects when one could not be told, and that one is told later. */
  tellDue(): Promise<void> {
    return this.#inTurn(() => this.#tellDue());
  }

  /** One after the other: what comes while a flood is being told is neither counted to it nor told with it again. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#working.then(work);
    this.#working = mine.catch(() => undefined);
    return mine;
  }

  async #take(told: Told): Promise<void> {
    const now = this.#now();
    const key = keyOf(told.decision, this.#isCrowded(now));
    const flood = this.#floods.get(key);
    if (flood !== undefined && flood.until > now) {
      flood.waiting.push(told);
      return;
    }
    if (flood !== undefined) await this.#tellFlood(key, flood);
    await this.#options.tell(told.decision);
    told.done();
    this.#single.count += 1;
    this.#floods.set(key, { until: now + (this.#options.window ?? usualWindow), waiting: [] });
  }

  async #tellDue(): Promise<void> {
    const now = this.#now();
    const faults: unknown[] = [];
    for (const [key, flood] of this.#floods)
      if (flood.until <= now) await this.#tellFlood(key, flood).catch((error: unknown) => void faults.push(error));
    if (faults.length > 0) throw faults[0];
  }

  async #tellFlood(key: string, { waiting }: Flood): Promise<void> {
    const last = waiting.at(-1);
    if (last !== undefined) {
      const count = waiting.length;
      await this.#options.tell(count === 1 ? last.decision : { ...last.decision, count });
    }
    this.#floods.delete(key);
    for (const { done } of waiting) done();
  }

  #isCrowded(now: number): boolean {
    if (this.#single.until <= now) this.#single = { until: now + (this.#options.window ?? usualWindow), count: 0 };
    return this.#single.count >= mostSingle;
  }

  #now(): number {
    return (this.#options.now ?? (() => performance.now()))();
  }
}

const usualWindow = 60_000;

function keyOf({ container, action, answer, cause, rule, digest, armed }: Decision, isCrowded: boolean): string {
  const what = [action, answer, cause, rule?.id, digest, armed?.state];
  return JSON.stringify(isCrowded ? what : [container, ...what]);
}
