import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import type { PlaceShift } from './save-places.ts';
import { explorerSchema } from './schema.ts';
import type { ImageNumber } from './tables.ts';

/** Held while sums over images are made, so that of a burst of refreshes one sums for all. */
const sumsLock = 'explorer sums';

/**
 * Brings the sums of one kind to what was written since they were made last, whoever wrote it. Tells whether any was
 * made. Takes no part in the transactions that write, so those never wait for each other.
 */
export async function sumTouched(transaction: Transaction, kind: 'flaw' | 'upgrade'): Promise<boolean> {
  await transaction.lock(sumsLock);
  const database = transaction.query(explorerSchema);
  const { rows } = await sql<{ id: string }>`
    with taken as (delete from explorer.touched where kind = ${kind} returning id)
    select distinct id from taken`.execute(database);
  if (rows.length === 0) return false;
  await sql`set local work_mem = '32MB'`.execute(database);
  const ids = rows.map((row) => row.id);
  if (kind === 'flaw') await sumFlaws(transaction, ids);
  else await sumUpgrades(transaction, ids);
  return true;
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

/**
 * Locks the rows of flaws, all writers in one order. A statement after this sees what everyone wrote who held the rows
 * before, and who comes later sees what this transaction wrote: so no sum misses a finding, and no shift is counted twice.
 */
async function lockFlaws(transaction: Transaction, condition: RawBuilder<unknown>): Promise<void> {
  await sql`
    select from explorer.flaw where ${condition} order by flaw, place, suppressed for update`.execute(
    transaction.query(explorerSchema),
  );
}

/**
 * Brings the sums of an image's flaws to another number of containers and other risks, without reading what other images
 * hold: numbers are shifted, and the highest risk is the first of its index. What is not summed yet is left to be.
 */
export async function shiftFlaws(
  transaction: Transaction,
  image: ImageNumber,
  shifts: readonly PlaceShift[],
): Promise<void> {
  if (shifts.length === 0) return;
  const database = transaction.query(explorerSchema);
  const own = sql`
    select distinct place, flaw, suppressed, shift.containers, shift.running
    from explorer.finding_place join jsonb_to_recordset(${JSON.stringify(shifts)}::jsonb)
      as shift (place text, containers int, running int) using (place)
    where image = ${image}`;
  await lockFlaws(transaction, sql`(flaw, place, suppressed) in (select flaw, place, suppressed from (${own}) as own)`);
  await sql`
    with own as (${own}),
    shifted as (
      update explorer.flaw as kept set containers = kept.containers + own.containers,
        running = kept.running + own.running,
        risk = (select held.risk from explorer.finding_place as held where held.flaw = kept.flaw
          and held.place = kept.place and held.suppressed = kept.suppressed order by held.risk desc limit 1)
      from own where kept.flaw = own.flaw and kept.place = own.place and kept.suppressed = own.suppressed
      returning kept.flaw, kept.place, kept.suppressed)
    insert into explorer.touched select distinct 'flaw', flaw from own
    where (flaw, place, suppressed) not in (select flaw, place, suppressed from shifted)`.execute(database);
}

async function sumFlaws(transaction: Transaction, flaws: readonly string[]): Promise<void> {
  const database = transaction.query(explorerSchema);
  const touched = sql`any(${flaws}::uuid[])`;
  await lockFlaws(transaction, sql`flaw = ${touched}`);
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
