import type { Decision } from '#admission/contract.ts';

/** A decision with what is to be done once it is told. */
export interface Reported {
  readonly decision: Decision;
  readonly done: () => void;
}

export interface FloodOptions {
  /** Tells a decision. Resolves when that is safe on the disk. */
  readonly report: (decision: Decision) => Promise<void>;
  /** Milliseconds in which answers that are alike are counted after the first. */
  readonly window?: number;
  readonly now?: () => number;
}

/** Answers that are told one by one within a window, whatever they are of; beyond, images are counted and not containers. */
const mostSingle = 300;
/** Beyond, images are counted together too: who builds ever new ones would fill the spool all the same. */
const mostImages = 600;

interface Flood {
  readonly until: number;
  waiting: Reported[];
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
  take(reported: Reported): Promise<void> {
    return this.#inTurn(() => this.#take(reported));
  }

  /** Tells the floods whose window is over. Rejects when one could not be told, and that one is told later. */
  reportDue(): Promise<void> {
    return this.#inTurn(() => this.#reportDue());
  }

  /** One after the other: what comes while a flood is being told is neither counted to it nor told with it again. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const mine = this.#working.then(work);
    this.#working = mine.catch(() => undefined);
    return mine;
  }

  async #take(reported: Reported): Promise<void> {
    const now = this.#now();
    const key = keyOf(reported.decision, this.#singleWithin(now));
    const flood = this.#floods.get(key);
    if (flood !== undefined && flood.until > now) {
      flood.waiting.push(reported);
      return;
    }
    if (flood !== undefined) await this.#reportFlood(key, flood);
    await this.#options.report(reported.decision);
    reported.done();
    this.#single.count += 1;
    this.#floods.set(key, { until: now + (this.#options.window ?? usualWindow), waiting: [] });
  }

  async #reportDue(): Promise<void> {
    const now = this.#now();
    const faults: unknown[] = [];
    for (const [key, flood] of this.#floods)
      if (flood.until <= now) await this.#reportFlood(key, flood).catch((error: unknown) => void faults.push(error));
    if (faults.length > 0) throw faults[0];
  }

  async #reportFlood(key: string, { waiting }: Flood): Promise<void> {
    const [last, ...others] = waiting.toReversed().map(({ decision }) => decision);
    if (last !== undefined) await this.#options.report(others.length === 0 ? last : asOne(last, others));
    this.#floods.delete(key);
    for (const { done } of waiting) done();
  }

  /** How many were told one by one in the window. */
  #singleWithin(now: number): number {
    if (this.#single.until <= now) this.#single = { until: now + (this.#options.window ?? usualWindow), count: 0 };
    return this.#single.count;
  }

  #now(): number {
    return (this.#options.now ?? (() => performance.now()))();
  }
}

const usualWindow = 60_000;
const mostEvidence = 20;

/** The last of answers that are alike, with their number. */
function asOne(last: Decision, others: readonly Decision[]): Decision {
  const count = others.length + 1;
  const images = new Set([last, ...others].map(({ digest }) => digest)).size;
  if (images === 1) return { ...last, count };
  const sentence = `It stands for ${count} starts of ${images} images: so many came that they are counted together.`;
  return { ...last, count, evidence: [sentence, ...last.evidence].slice(0, mostEvidence) };
}

function keyOf({ container, action, answer, cause, rule, digest, armed }: Decision, single: number): string {
  const what = [action, answer, cause, rule?.id, armed?.state];
  if (single >= mostImages) return JSON.stringify(what);
  return JSON.stringify(single >= mostSingle ? [digest, ...what] : [container, digest, ...what]);
}
