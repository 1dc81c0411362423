import type { Principal } from '#http/console/index.ts';
import { concernsOf, viewOf } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { AdmissionRuleInPlace } from '../contract.ts';
import { visiblePlaces } from './decision-places.ts';
import { sumByRule } from './decisions.ts';
import { admissionRules } from './rules.ts';

const shownDays = 14;
const day = 24 * 60 * 60_000;

/** The rules in their order that concern the caller, with what each did, as far as the caller may see. */
export async function rulesFor(
  queries: Queries,
  { principal, now }: { readonly principal: Principal | undefined; readonly now: Date },
): Promise<readonly AdmissionRuleInPlace[]> {
  const all = await admissionRules.read(queries);
  const concerns = await concernsOf(
    queries,
    principal,
    all.map(({ rule }) => rule),
  );
  const view = await viewOf(queries, principal);
  const since = new Date(now.getTime() - shownDays * day);
  const hits = await sumByRule(queries, { since, places: await visiblePlaces(queries, view) });
  return all
    .filter(({ rule }) => concerns(rule))
    .map(({ rule, savedAt, savedBy = 'console' }) => ({
      rule,
      savedAt: savedAt.toISOString(),
      savedBy,
      hits: hits.get(rule.id) ?? { allowed: 0, alerted: 0, denied: 0 },
    }));
}
