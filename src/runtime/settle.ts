import type { Item } from './contract.ts';
import { countHours, decodeHours, mergeRings } from './hours.ts';
import constants from './learning-1.json' with { type: 'json' };

/**
 * The item with what follows from its evidence: what the image declares is confirmed, and so is something notable that was
 * seen in three hours on two days. To be applied after evidence was merged; applied twice it changes nothing.
 */
export function settle(item: Item): Item {
  if (item.state !== 'unconfirmed' || !(item.source === 'static' || isCorroborated(item))) return item;
  return { ...item, state: 'confirmed' };
}

function isCorroborated({ boot, run, days }: Item): boolean {
  const hours = mergeRings(decodeHours(boot), decodeHours(run));
  const { corroboration } = constants;
  return countHours(hours) + (hours.old ? 1 : 0) >= corroboration.hours && days.length >= corroboration.days;
}
