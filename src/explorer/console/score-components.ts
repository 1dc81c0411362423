import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import { componentRiskSql } from '#vulnerability/index.ts';
import { explorerSchema } from './schema.ts';
import type { ImageNumber } from './tables.ts';
import { type HeldKeys, pairsOf } from './score.ts';

interface Components {
  readonly changed: readonly HeldKeys[];
  readonly whole: readonly ImageNumber[];
}

/**
 * Recomputes the risk sums of components of images: of those that these findings are in, and of all in `whole`. Images and
 * upgrades are changed by the difference. An upgrade that appears in an environment or leaves it becomes dirty: it is summed
 * again.
 */
export async function scoreComponents(transaction: Transaction, which: Components): Promise<void> {
  const { changed, whole } = which;
  if (whole.length === 0 && changed.every(({ keys }) => keys.length === 0)) return;
  const database = transaction.query(explorerSchema);
  const { rows } = await sql<{ image: ImageNumber }>`
    with ${riskSums(which)},
    changed as materialized (
      select image, environment, component, wanted.worst, wanted.risk_sum, wanted.remaining,
        before.worst as had_worst, before.risk_sum as had_risk_sum, before.remaining as had_remaining
      from wanted full join before using (image, environment, component)
      where (wanted.worst, wanted.risk_sum, wanted.remaining) is distinct from (before.worst, before.risk_sum, before.remaining)),
    gone as (
      delete from explorer.component_environment as kept using changed
      where kept.image = changed.image and kept.component = changed.component and kept.environment = changed.environment
        and changed.risk_sum is null),
    written as (
      insert into explorer.component_environment as kept (image, component, environment, worst, risk_sum, remaining)
      select image, component, environment, worst, risk_sum, remaining from changed where risk_sum is not null
      on conflict (image, component, environment) do update
        set worst = excluded.worst, risk_sum = excluded.risk_sum, remaining = excluded.remaining),
    stood as (
      update explorer.image_environment as kept set worst = greatest(kept.worst, delta.worst), risk_sum = kept.risk_sum + delta.risk_sum
      from (
        select image, environment, max(worst) as worst, sum(coalesce(risk_sum, 0) - coalesce(had_risk_sum, 0)) as risk_sum
        from changed group by image, environment) as delta
      where kept.image = delta.image and kept.environment = delta.environment),
    own as (
      select upgrade, changed.* from changed join explorer.upgrade_row using (image, component)),
    noted as (
      insert into explorer.upgrade_delta (upgrade, environment, risk_sum)
      select upgrade, environment, sum((risk_sum - remaining) - (had_risk_sum - had_remaining)) from own
      where risk_sum is not null and had_risk_sum is not null group by upgrade, environment),
    renewed as (
      insert into explorer.dirty_upgrade
      select distinct upgrade from own where risk_sum is null or had_risk_sum is null)
    select distinct image from changed join explorer.image_environment using (image, environment)
    where had_worst = image_environment.worst and (changed.worst is null or changed.worst < had_worst)`.execute(
    database,
  );
  if (rows.length === 0) return;
  // What was an image's worst is so no more; which is now, all of its components tell.
  await sql`
    update explorer.image_environment as kept set worst = (
      select max(worst) from explorer.component_environment as own where own.image = kept.image and own.environment = kept.environment)
    where image = any(${rows.map((row) => row.image)}::int[])`.execute(database);
}

/** Risk sums of these components as they are wanted, and as they were before. */
function riskSums({ changed, whole }: Components): RawBuilder<unknown> {
  return sql`
    asked as materialized (
      select distinct image, component from ${pairsOf(changed)} join explorer.finding using (key)
      where image <> all(${whole}::int[])),
    held as (
      select image, environment, key, component, risk, fixable
      from asked join explorer.image_environment using (image) join explorer.finding using (component)
        join explorer.finding_environment as own using (image, environment, key)
      where not own.suppressed
      union all
      select image, environment, key, component, risk, fixable
      from explorer.finding_environment as own join (select key, component from explorer.finding) as finding using (key)
      where image = any(${whole}::int[]) and not suppressed),
    wanted as (
      select image, environment, component, max(risk) as worst, ${sql.raw(componentRiskSql.riskSum('sum(odds order by key)'))} as risk_sum,
        ${sql.raw(componentRiskSql.riskSum('sum(odds order by key) filter (where not fixable)'))} as remaining
      from (select *, ${sql.raw(componentRiskSql.squaredOdds('risk'))} as odds from held) as scored
      group by image, environment, component),
    before as (
      select kept.* from asked join explorer.component_environment as kept using (image, component)
      union all
      select * from explorer.component_environment where image = any(${whole}::int[]))`;
}
