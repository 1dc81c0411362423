import type { Store } from '#store/index.ts';
import type { LiveEvent } from '../contract.ts';
import { analyzeChanged } from './analyze.ts';
import { sumInSteps } from './sum-steps.ts';
import { sumVulnerabilities, sumUpgrades } from './sums.ts';

/** Channel of the store on which consoles tell each other what changed. */
export const liveChannel = 'live';

/** Pages hear of a change after so many milliseconds, even when not all is summed yet; then they hear of it again. */
const patience = 1_000;
/** A queue that took more steps than this was long enough for plans to rest on figures of before. */
const stepsOfMuch = 4;

/** What open pages hear when a kind of things that are no sums changed. */
export function pageNotice(kind: Exclude<LiveEvent['kind'], 'image-changed' | 'host-changed'>) {
  return { channel: liveChannel, message: { kind } satisfies LiveEvent };
}

/** Tells pages at once: nothing that they read for these events is a sum. */
export async function reportAtOnce(store: Store, events: readonly LiveEvent[]): Promise<void> {
  await store.transaction(async (transaction) => await transaction.notifyAll(liveChannel, events));
}

/**
 * Sums what refreshes left, then notifies pages: what they read is complete. Where much is to be summed, pages are notified
 * before too. Upgrades are summed last, and pages are notified again, so that nobody waits for them to see what is urgent.
 */
export async function sumAndReport(store: Store, events: readonly LiveEvent[]): Promise<void> {
  const begun = performance.now();
  let [steps, early] = [0, false];
  for await (const _ of sumInSteps(store, sumVulnerabilities)) {
    steps++;
    if (early || performance.now() - begun < patience) continue;
    early = true;
    await reportAtOnce(store, events);
  }
  await reportAtOnce(store, events);
  let upgrades = 0;
  for await (const _ of sumInSteps(store, sumUpgrades)) upgrades++;
  if (upgrades > 0) await reportAtOnce(store, events);
  if (steps + upgrades > stepsOfMuch) await analyzeChanged(store);
}
