import type { Item } from './contract.ts';
import { countHours, decodeHours, isEmptyRing, mergeRings } from './hours.ts';
import constants from './learning-1.json' with { type: 'json' };

/**
 * The item with what follows from its evidence: what the image declares is confirmed, and so is something notable that was
 * seen in three hours on two days. To be applied after evidence was merged; applied twice it changes nothing.
 */
export function settle(item: Item): Item {
  if (item.state !== 'unconfirmed' || !(item.source === 'static' || isCorroborated(item))) return item;
  return { ...item, state: 'confirmed' };
}

/**
 * Whether something notable that was seen while learning came often enough, and only lacks the time to prove it: three
 * hours and no second day yet, or boots of which there were too few. It is neither news nor trusted.
 */
export function isBeingCorroborated(item: Item, boots: 'few' | 'enough'): boolean {
  if (item.state !== 'unconfirmed') return false;
  return hoursSeen(item) >= constants.corroboration.hours || (boots === 'few' && !isEmptyRing(decodeHours(item.boot)));
}

/** Whether it was seen in enough hours on enough days to be confirmed without a person. */
export function isCorroborated(item: Item): boolean {
  const { corroboration } = constants;
  return hoursSeen(item) >= corroboration.hours && item.days.length >= corroboration.days;
}

function hoursSeen({ boot, run }: Item): number {
  const hours = mergeRings(decodeHours(boot), decodeHours(run));
  return countHours(hours) + (hours.old ? 1 : 0);
}
