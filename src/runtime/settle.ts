import type { Entry } from './contract.ts';
import { countHours, decodeHours, isEmptyRing, mergeRings } from './hours.ts';
import constants from './learning-1.json' with { type: 'json' };

/**
 * The entry with what follows from its evidence: what the image declares is confirmed, and so is something notable that was
 * seen in three hours on two days. To be applied after evidence was merged; applied twice it changes nothing.
 */
export function settle(entry: Entry): Entry {
  if (entry.state !== 'unconfirmed' || !(entry.source === 'static' || isCorroborated(entry))) return entry;
  return { ...entry, state: 'confirmed' };
}

/**
 * Whether something notable that was seen while learning came often enough, and only lacks the time to prove it: three
 * hours and no second day yet, or boots of which there were too few. It is neither news nor trusted.
 */
export function isBeingCorroborated(entry: Entry, boots: 'few' | 'enough'): boolean {
  if (entry.state !== 'unconfirmed') return false;
  return (
    hoursSeen(entry) >= constants.corroboration.hours || (boots === 'few' && !isEmptyRing(decodeHours(entry.boot)))
  );
}

/** Whether it was seen in enough hours on enough days to be confirmed without a person. */
export function isCorroborated(entry: Entry): boolean {
  const { corroboration } = constants;
  return hoursSeen(entry) >= corroboration.hours && entry.days.length >= corroboration.days;
}

function hoursSeen({ boot, run }: Entry): number {
  const hours = mergeRings(decodeHours(boot), decodeHours(run));
  return countHours(hours) + (hours.old ? 1 : 0);
}
