import { type RawBuilder, sql } from 'kysely';
import { explorerSchema } from './schema.ts';
import { applyDeltas, takeDeltas, describedColumns } from './deltas.ts';
import type { SumStep } from './sum-steps.ts';

/** Brings some vulnerabilities' sums to what was written since the last time, whoever wrote it. */
export const sumVulnerabilities: SumStep = async (transaction, bounds) => {
  await transaction.lock('explorer sums of vulnerabilities');
  const deltas = await takeDeltas(transaction, bounds);
  if (deltas === undefined) return undefined;
  await applyDeltas(transaction, deltas);
  return deltas.last;
};

/**
 * Brings some upgrades' sums up to date. All in one statement, so that what is summed again and what is added as a delta
 * are of the same moment.
 */
export const sumUpgrades: SumStep = async (transaction, { after, most }) => {
  await transaction.lock('explorer sums of upgrades');
  const { rows } = await sql<{ last: string | null }>`
    with begun as materialized (
      select id from (
        select upgrade as id from explorer.dirty_upgrade where upgrade > ${after}::uuid
        union all
        select upgrade from explorer.upgrade_delta where upgrade > ${after}::uuid) as waiting
      order by id limit ${most}),
    last as materialized (select id from begun order by id desc limit 1),
    dirty as (
      delete from explorer.dirty_upgrade where upgrade > ${after}::uuid and upgrade <= (select id from last)
      returning upgrade),
    noted as (
      delete from explorer.upgrade_delta where upgrade > ${after}::uuid and upgrade <= (select id from last)
      returning upgrade, environment, risk_sum),
    made as materialized (${upgradesWhere(sql`own.upgrade = any(array(select upgrade from dirty))`)}),
    gone as (
      delete from explorer.upgrade as kept where upgrade = any(array(select upgrade from dirty))
        and not exists (select from made where made.upgrade = kept.upgrade and made.environment = kept.environment)),
    moved as (
      update explorer.upgrade as kept set risk_sum = kept.risk_sum + delta.risk_sum
      from (select upgrade, environment, sum(risk_sum) as risk_sum from noted group by upgrade, environment) as delta
      where kept.upgrade = delta.upgrade and kept.environment = delta.environment and delta.risk_sum <> 0
        and not exists (select from dirty where dirty.upgrade = delta.upgrade)),
    written as (
      insert into explorer.upgrade as kept
        (environment, upgrade, package, type, to_version, installed, removes, images, worst, risk_sum)
      select environment, upgrade, package, type, to_version, installed, removes, images, worst, risk_sum from made
      on conflict (upgrade, environment) do update set installed = excluded.installed, removes = excluded.removes,
        images = excluded.images, worst = excluded.worst, risk_sum = excluded.risk_sum
      where kept is distinct from excluded)
    select (select id from last) as last`.execute(transaction.query(explorerSchema));
  return rows[0]?.last ?? undefined;
};

/**
 * Vulnerabilities out of `finding_environment` under a condition on its rows (called `held`), with the columns of the table `vulnerability`.
 * Used for what is kept, and for parts of the estate that nothing is kept for.
 */
export function vulnerabilitiesWhere(condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    with held as materialized (
      select environment, vulnerability, suppressed, image, key, risk, in_use from explorer.finding_environment as held
      where ${condition}),
    of_image as (
      select environment, vulnerability, suppressed, image, max(risk) as risk, count(*) as findings,
        count(*) filter (where in_use) as used
      from held group by environment, vulnerability, suppressed, image),
    summed as (
      select environment, vulnerability, suppressed, max(risk) as risk, sum(findings)::int as findings,
        count(*)::int as images, sum(used)::int as used,
        (count(*) filter (where containers > 0))::int as running, sum(containers)::int as containers
      from of_image join explorer.image_environment using (environment, image) group by environment, vulnerability, suppressed),
    described as (
      select environment, vulnerability, suppressed, ${describedColumns}
      from (select distinct environment, vulnerability, suppressed, key from held) as one join explorer.finding using (vulnerability, suppressed, key)
      group by environment, vulnerability, suppressed)
    select environment, vulnerability, suppressed, id, package, type, severity, score, risk, epss, kev, fixes <> '{}' as fixable, fixes,
      installed, images, findings, running, containers, used, used > 0 as in_use
    from summed join described using (environment, vulnerability, suppressed)`;
}

/** Upgrades out of `upgrade_row` under a condition on its rows (called `own`), with the columns of the table `upgrade`. */
export function upgradesWhere(condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select environment, upgrade, min(package) as package, min(type) as type, min(to_version) as to_version,
      (array_agg(distinct installed))[1:20] as installed, sum(removes)::int as removes,
      count(distinct own.image)::int as images, min(own.worst) as worst, sum(risk_sum - remaining) as risk_sum
    from explorer.upgrade_row as own join explorer.component_environment as placed using (image, component)
    where ${condition}
    group by environment, upgrade`;
}
