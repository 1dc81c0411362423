import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { AdmissionRuleInPlace } from '../contract.ts';
import { visiblePlaces } from './decision-places.ts';
import { sumByRule } from './decisions.ts';
import { admissionRules } from './rules.ts';

const shownDays = 14;
const day = 24 * 60 * 60_000;

/** The rules in their order, with what each did, as far as the caller may see. */
export async function rulesFor(
  queries: Queries,
  { view, now }: { readonly view: View; readonly now: Date },
): Promise<readonly AdmissionRuleInPlace[]> {
  const saved = await admissionRules.read(queries);
  const since = new Date(now.getTime() - shownDays * day);
  const hits = await sumByRule(queries, { since, places: await visiblePlaces(queries, view) });
  return saved.map(({ rule, savedAt, savedBy = 'console' }) => ({
    rule,
    savedAt: savedAt.toISOString(),
    savedBy,
    hits: hits.get(rule.id) ?? { allowed: 0, alerted: 0, denied: 0 },
  }));
}
