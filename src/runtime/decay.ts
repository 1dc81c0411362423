import type { Evidence, Entry } from './contract.ts';
import { dayOf, decodeHours, hoursIn, isEmptyRing } from './hours.ts';
import constants from './inheritance-1.json' with { type: 'json' };

/** How often something was seen, and for how long it was not. Days on which the workload ran. */
export interface Silence {
  /** Days with a sighting. */
  readonly seen: number;
  /** Days from the first sighting to the last. */
  readonly span: number;
  /** Days observed since the last one. */
  readonly silent: number;
}

/**
 * How probable it still is that something belongs to the workload: `π·P ÷ (π·P + 1 − π)`, with
 * `P = B(a, b + e) ÷ B(a, b)`, the chance that it stays silent for e days though it is there, a = days seen, b = days
 * between without.
 */
function stillThere({ seen, span, silent }: Silence, prior: number): number {
  const without = span - seen + 1;
  let chance = 1;
  for (let day = 0; day < silent; day++) chance *= (without + day) / (seen + without + day);
  return (prior * chance) / (prior * chance + 1 - prior);
}

/** Whether that is too improbable to keep it. A bound that is just reached counts, whatever the last digit of the sum says. */
export function isForgotten(silence: Silence, prior: number): boolean {
  return stillThere(silence, prior) < constants.decay.retireBelow + 1e-9;
}

/** Lines that were not seen for so long that they go to the graveyard. What people decided stays. */
export function retire(evidence: Evidence): Evidence {
  const items = evidence.items.map((entry) =>
    isOver(entry, evidence) ? { ...entry, state: 'graveyard' as const } : entry,
  );
  return { ...evidence, items };
}

/** Days without a sighting on which the workload ran. */
export function silentDays({ fact, days }: Entry, { dimensions }: Evidence): number {
  const exposure = dimensions[fact.dimension]?.exposure;
  const last = days.at(-1);
  if (exposure === undefined || last === undefined) return 0;
  return new Set(
    hoursIn(decodeHours(exposure))
      .map(dayOf)
      .filter((day) => day > last),
  ).size;
}

function isOver(entry: Entry, evidence: Evidence): boolean {
  const { decay, confidence } = constants;
  const [first] = entry.days;
  const last = entry.days.at(-1);
  if (entry.decidedAt !== undefined || first === undefined || last === undefined) return false;
  if (entry.state !== 'confirmed' && entry.state !== 'pending' && entry.state !== 'unconfirmed') return false;
  const silent = silentDays(entry, evidence);
  const bootOnly = isEmptyRing(decodeHours(entry.run));
  if (silent < (bootOnly ? decay.leastDays.boot : decay.leastDays.run)) return false;
  const isChanged = entry.confidence !== undefined && entry.confidence <= confidence.changed;
  const prior = isChanged ? decay.stillThere.changed : decay.stillThere.unchanged;
  return isForgotten({ seen: entry.days.length, span: last - first + 1, silent }, prior);
}
