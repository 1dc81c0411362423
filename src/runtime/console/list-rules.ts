import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { RuntimeRuleInPlace } from '../contract.ts';
import { sinceDays } from './model-detail.ts';
import { countProtections, type ProtectedContainer, readProtections } from './protections.ts';
import { runtimeRules } from './rules.ts';
import { runtimeSchema } from './schema.ts';

/** The rules in their order, with what each holds for and what it did, as far as the caller may see. */
export async function rulesFor(
  queries: Queries,
  { view, now }: { readonly view: View; readonly now: Date },
): Promise<readonly RuntimeRuleInPlace[]> {
  const saved = await runtimeRules.read(queries);
  const running: Pick<ProtectedContainer, 'protection'>[] = [];
  for await (const some of readProtections(queries, view)) running.push(...some);
  const held = Map.groupBy(running, ({ protection }) => protection.rule?.id);
  const hits = await readHits(queries, { view, since: sinceDays(now) });
  return saved.map(({ rule, savedAt, savedBy = 'console' }) => ({
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
