import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import { explorerSchema } from './schema.ts';

/** Held while sums over images are made: each then sees all that was written before, and none waits for more than that. */
const sumsLock = 'explorer sums';

/**
 * Brings the sums over images to what was written since they were made last, whoever wrote it: of a burst of
 * refreshes, one sums for all. Takes no part in the transactions that write, so those never wait for each other.
 */
export async function sumTouched(transaction: Transaction): Promise<void> {
  await transaction.lock(sumsLock);
  const { rows } = await sql<{ kind: 'flaw' | 'upgrade'; id: string }>`
    with taken as (delete from explorer.touched returning kind, id) select distinct kind, id from taken`.execute(
    transaction.query(explorerSchema),
  );
  const of = (kind: 'flaw' | 'upgrade'): readonly string[] =>
    rows.filter((row) => row.kind === kind).map((row) => row.id);
  await sumFlaws(transaction, of('flaw'));
  await sumUpgrades(transaction, of('upgrade'));
}

/** Versions that a sum names; one more than is shown, to tell that there are others. */
const versionsKept = 21;

/**
 * Flaws out of `finding_place` under a condition on its rows (called `held`), with the columns of the table `flaw`.
 * Used for what is kept, and for parts of the estate that nothing is kept for.
 */
export function flawsWhere(condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    with held as materialized (
      select place, flaw, suppressed, image, key, risk, severity, in_use from explorer.finding_place as held
      where ${condition}),
    of_image as (
      select place, flaw, suppressed, image, max(risk) as risk, min(severity) as severity, count(*) as findings,
        bool_or(in_use) as in_use
      from held group by place, flaw, suppressed, image),
    summed as (
      select place, flaw, suppressed, max(risk) as risk, min(severity) as severity, sum(findings)::int as findings,
        count(*)::int as images, bool_or(in_use) as in_use,
        (count(*) filter (where containers > 0))::int as running, sum(containers)::int as containers
      from of_image join explorer.standing using (place, image) group by place, flaw, suppressed),
    told as (
      select place, flaw, suppressed, max(score) as score, max(epss) as epss, bool_or(kev) as kev,
        coalesce((array_agg(distinct fixed) filter (where fixed is not null))[1:${versionsKept}], '{}') as fixes,
        (array_agg(distinct installed))[1:${versionsKept}] as installed, min(id) as id, min(package) as package,
        min(type) as type
      from (select distinct place, flaw, suppressed, key from held) as one join explorer.finding using (flaw, suppressed, key)
      group by place, flaw, suppressed)
    select place, flaw, suppressed, id, package, type, severity, score, risk, epss, kev, fixes <> '{}' as fixable, fixes,
      installed, images, findings, running, containers, in_use
    from summed join told using (place, flaw, suppressed)`;
}

async function sumFlaws(transaction: Transaction, flaws: readonly string[]): Promise<void> {
  if (flaws.length === 0) return;
  const database = transaction.query(explorerSchema);
  const touched = sql`any(${flaws}::uuid[])`;
  await sql`
    delete from explorer.flaw as kept where flaw = ${touched}
      and not exists (select from explorer.finding_place as held where held.flaw = kept.flaw
        and held.place = kept.place and held.suppressed = kept.suppressed)`.execute(database);
  await sql`
    insert into explorer.flaw as kept (place, flaw, suppressed, id, package, type, severity, score, risk, epss, kev,
      fixable, fixes, installed, images, findings, running, containers, in_use)
    ${flawsWhere(sql`held.flaw = ${touched}`)}
    on conflict (flaw, place, suppressed) do update set severity = excluded.severity, score = excluded.score,
      risk = excluded.risk, epss = excluded.epss, kev = excluded.kev, fixable = excluded.fixable, fixes = excluded.fixes,
      installed = excluded.installed, images = excluded.images, findings = excluded.findings,
      running = excluded.running, containers = excluded.containers, in_use = excluded.in_use
    where kept is distinct from excluded`.execute(database);
}

/** Upgrades out of `upgrade_row` under a condition on its rows (called `own`), with the columns of the table `upgrade`. */
export function upgradesWhere(condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select place, upgrade, min(package) as package, min(type) as type, min(to_version) as to_version,
      (array_agg(distinct installed))[1:20] as installed, sum(removes)::int as removes,
      count(distinct own.image)::int as images, min(worst) as worst, sum(mass order by own.image, component) as mass
    from explorer.upgrade_row as own join explorer.upgrade_place as placed using (image, component)
    where ${condition}
    group by place, upgrade`;
}

async function sumUpgrades(transaction: Transaction, upgrades: readonly string[]): Promise<void> {
  if (upgrades.length === 0) return;
  const database = transaction.query(explorerSchema);
  const touched = sql`any(${upgrades}::uuid[])`;
  await sql`
    delete from explorer.upgrade as kept where upgrade = ${touched}
      and not exists (select from explorer.upgrade_row as own
        join explorer.upgrade_place as placed using (image, component)
        where own.upgrade = kept.upgrade and placed.place = kept.place)`.execute(database);
  await sql`
    insert into explorer.upgrade as kept (place, upgrade, package, type, to_version, installed, removes, images, worst, mass)
    ${upgradesWhere(sql`own.upgrade = ${touched}`)}
    on conflict (upgrade, place) do update set installed = excluded.installed, removes = excluded.removes,
      images = excluded.images, worst = excluded.worst, mass = excluded.mass
    where kept is distinct from excluded`.execute(database);
}
