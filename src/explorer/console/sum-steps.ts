import type { Store, Transaction } from '#store/index.ts';

/** Where a queue that is ordered by ids of this kind begins. */
const firstId = '00000000-0000-0000-0000-000000000000';

/** How many rows a step takes: at first, at least and at most. */
const rows = { first: 500, least: 50, most: 4_000 };
/** A step that took longer than this, in milliseconds, is followed by a smaller one; a much shorter one by a larger. */
const longestStep = 400;

/** Which part of a queue one step takes: about `most` rows after the id `after`. */
export interface StepBounds {
  readonly after: string;
  readonly most: number;
}

/** Takes a part of a queue, and tells the last id that it took; `undefined` when nothing is left after `after`. */
export type SumStep = (transaction: Transaction, bounds: StepBounds) => Promise<string | undefined>;

/**
 * Works through a queue in steps, each a transaction of its own, so that no lock is held for longer than a step and a
 * restart goes on where it was. Gives once for each step that found something. Whatever was in the queue at the begin
 * is in the sums at the end.
 */
export async function* sumInSteps(store: Store, step: SumStep): AsyncGenerator<void> {
  let [after, most] = [firstId, rows.first];
  for (;;) {
    const bounds = { after, most };
    const begun = performance.now();
    const last = await store.transaction(async (transaction) => await step(transaction, bounds));
    if (last === undefined) return;
    after = last;
    most = nextMost(most, performance.now() - begun);
    yield;
  }
}

/** Rows of the next step. */
function nextMost(most: number, took: number): number {
  if (took > longestStep) return Math.max(rows.least, Math.floor(most / 2));
  return took < longestStep / 4 ? Math.min(rows.most, most * 2) : most;
}
