import type { Evidence, Hours, Entry } from './contract.ts';
import { dayOf, decodeHours, emptyRing, encodeHours, hoursIn, withHour } from './hours.ts';

/**
 * Evidence of this hour and later: what a model that learns anew takes of what is told late. Items that were seen in no
 * such hour are left out.
 */
export function evidenceSince(evidence: Evidence, hour: number): Evidence {
  const cut = (hours: Hours): Hours =>
    encodeHours(
      hoursIn(decodeHours(hours))
        .filter((one) => one >= hour)
        .reduce(withHour, emptyRing),
    );
  const since = (entry: Entry): Entry => ({
    ...entry,
    boot: cut(entry.boot),
    run: cut(entry.run),
    days: entry.days.filter((day) => day >= dayOf(hour)),
  });
  return {
    ...evidence,
    items: evidence.items.map(since).filter(({ boot, run }) => boot.bits !== undefined || run.bits !== undefined),
    dimensions: Object.fromEntries(
      Object.entries(evidence.dimensions).flatMap(([name, one]) =>
        one === undefined ? [] : [[name, { exposure: cut(one.exposure), lost: cut(one.lost) }]],
      ),
    ),
    starts: cut(evidence.starts),
  };
}
