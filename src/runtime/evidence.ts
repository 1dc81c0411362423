import {
  type Dimension,
  Dimension as Dimensions,
  type Evidence,
  type Exposure,
  type Hours,
  type Entry,
} from './contract.ts';
import { decodeHours, emptyRing, encodeHours, isEmptyRing, mergeRings, untilHour } from './hours.ts';
import { mergeEntries } from './merge-entries.ts';

const noHours: Hours = encodeHours(emptyRing);

export const emptyEvidence: Evidence = { items: [], dimensions: {}, starts: noHours, lateStart: false };

/**
 * What two reports of one entrypoint of one image show together. Associative, commutative and idempotent, so replicas,
 * hosts, resends and late deliveries are harmless. Items stand in the order of their keys.
 */
export function mergeEvidence(left: Evidence, right: Evidence): Evidence {
  const starts = mergeHours(left.starts, right.starts);
  return {
    items: mergeLists(left.items, right.items),
    dimensions: Object.fromEntries(
      Dimensions.options.flatMap((dimension) => {
        const merged = mergeExposures(left, right, dimension);
        return merged === undefined ? [] : [[dimension, merged]];
      }),
    ),
    starts,
    lateStart: (left.lateStart || right.lateStart) && isEmptyRing(decodeHours(starts)),
  };
}

/** Whether the evidence has a hole: events were lost, or no container was seen from its start. */
export function isPartial({ dimensions, lateStart }: Evidence): boolean {
  const exposures = Object.values(dimensions).filter((one) => one !== undefined);
  return lateStart || exposures.some(({ lost }) => !isEmptyRing(decodeHours(lost)));
}

/**
 * Evidence without hours later than `hour`. A reporter whose clock is ahead, or that lies, would otherwise move the six
 * weeks on and make everything known old.
 */
export function evidenceUntil(evidence: Evidence, hour: number): Evidence {
  const cut = (hours: Hours): Hours => encodeHours(untilHour(decodeHours(hours), hour));
  const day = Math.floor(hour / 24);
  return {
    ...evidence,
    items: evidence.items.map((entry) => ({
      ...entry,
      boot: cut(entry.boot),
      run: cut(entry.run),
      days: entry.days.filter((one) => one <= day),
    })),
    dimensions: Object.fromEntries(
      Object.entries(evidence.dimensions).flatMap(([name, one]) =>
        one === undefined ? [] : [[name, { exposure: cut(one.exposure), lost: cut(one.lost) }]],
      ),
    ),
    starts: cut(evidence.starts),
  };
}

function mergeLists(left: readonly Entry[], right: readonly Entry[]): readonly Entry[] {
  const items = new Map(left.map((entry) => [entry.key, entry]));
  for (const entry of right) {
    const known = items.get(entry.key);
    items.set(entry.key, known === undefined ? entry : mergeEntries(known, entry));
  }
  return [...items.values()].toSorted(byKey);
}

function mergeExposures(left: Evidence, right: Evidence, dimension: Dimension): Exposure | undefined {
  const [one, other] = [left.dimensions[dimension], right.dimensions[dimension]];
  if (one === undefined || other === undefined) return one ?? other;
  return { exposure: mergeHours(one.exposure, other.exposure), lost: mergeHours(one.lost, other.lost) };
}

function mergeHours(left: Hours, right: Hours): Hours {
  return encodeHours(mergeRings(decodeHours(left), decodeHours(right)));
}

function byKey(left: Entry, right: Entry): number {
  if (left.key === right.key) return 0;
  return left.key < right.key ? -1 : 1;
}
