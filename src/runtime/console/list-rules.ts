import type { Principal } from '#http/console/index.ts';
import { concernsOf, type View, viewOf } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { RuntimeRuleInPlace } from '../contract.ts';
import { sinceDays } from './model-detail.ts';
import { countProtections, type ProtectedContainer, readProtections } from './protections.ts';
import { runtimeRules } from './rules.ts';
import { runtimeSchema } from './schema.ts';

/** The rules in their order that concern the caller, with what each holds for and did, as far as the caller may see. */
export async function rulesFor(
  queries: Queries,
  { principal, now }: { readonly principal: Principal | undefined; readonly now: Date },
): Promise<readonly RuntimeRuleInPlace[]> {
  const all = await runtimeRules.read(queries);
  const concerns = await concernsOf(
    queries,
    principal,
    all.map(({ rule }) => rule),
  );
  const view = await viewOf(queries, principal);
  const running: Pick<ProtectedContainer, 'protection'>[] = [];
  for await (const some of readProtections(queries, view)) running.push(...some);
  const held = Map.groupBy(running, ({ protection }) => protection.rule?.id);
  const hits = await readHits(queries, { view, since: sinceDays(now) });
  return all
    .filter(({ rule }) => concerns(rule))
    .map(({ rule, savedAt, savedBy = 'console' }) => ({
      rule,
      savedAt: savedAt.toISOString(),
      savedBy,
      containers: held.get(rule.id)?.length ?? 0,
      protection: countProtections(held.get(rule.id) ?? []),
      hits: hits.get(rule.id) ?? { alerted: 0, stopped: 0 },
    }));
}

/** What rules alerted and stopped, by rule. */
async function readHits(
  queries: Queries,
  { view, since }: { readonly view: View; readonly since: Date },
): Promise<ReadonlyMap<string | null, RuntimeRuleInPlace['hits']>> {
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('detection')
    .select(['rule', 'outcome', ...(view === undefined ? [] : (['place'] as const))])
    .where('time', '>=', since)
    .where('notice', '=', false)
    .where('effect', '!=', 'ignore')
    .execute();
  const visible = rows.filter(({ place }) => view === undefined || (place !== undefined && view(place)));
  return new Map(
    [...Map.groupBy(visible, ({ rule }) => rule)].map(([rule, hits]) => {
      const alerted = hits.filter(({ outcome }) => outcome === 'observed').length;
      return [rule, { alerted, stopped: hits.length - alerted }];
    }),
  );
}
