import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import { massConstants } from '#vulnerability/index.ts';
import { contextPoints } from '../risk-in-context.ts';
import { explorerSchema } from './schema.ts';
import type { Standing } from './standing.ts';
import type { ImageNumber } from './tables.ts';

interface Weighing {
  readonly standings: readonly Standing[];
  readonly keys: readonly string[];
  readonly others: boolean;
}

/**
 * Works out the risk of an image's findings in each of its places, and of all together, and writes what differs. The
 * points of a context are made by `riskOf`; adding them up for many findings is left to PostgreSQL. `keys` are findings
 * that the image has now and had not before; `others` tells whether those that it had are weighed too. Notes what
 * this shifts in the sums of their flaws.
 */
export async function weighFindings(
  transaction: Transaction,
  image: ImageNumber,
  { standings, keys, others }: Weighing,
): Promise<void> {
  if (keys.length === 0 && !others) return;
  const contexts = standings.flatMap(({ place, contexts: all }) =>
    all.map((context) => ({ place, ...contextPoints(context) })),
  );
  await sql`
    with context as (
      select * from jsonb_to_recordset(${JSON.stringify(contexts)}::jsonb)
        as t (place text, points int, reach int[], loaded int, other int)),
    weighed as (
      select context.place, finding.key, finding.flaw, finding.severity, finding.suppressed, finding.kev,
        finding.fixed is not null as fixable, used.purl is not null as in_use,
        max(finding.rest + context.points + context.reach[finding.vectors + 1]
          + case when used.purl is null then context.other else context.loaded end) as hundredths
      from explorer.finding cross join context
        left join explorer.used_package as used on used.image = ${image} and used.place = context.place
          and used.purl = finding.purl and used.layer = finding.layer
      where finding.key in (${others ? keysOf(image, keys) : unnested(keys)})
      group by context.place, finding.key, used.purl),
    wanted as (
      select * from weighed
      union all
      select '*', key, flaw, severity, suppressed, kev, fixable, bool_or(in_use), max(hundredths)
      from weighed group by key, flaw, severity, suppressed, kev, fixable),
    changed as (
      select wanted.*, hundredths::float8 / 100 as risk, kept.key is null as came,
        wanted.in_use::int - coalesce(kept.in_use::int, 0) as used
      from wanted left join explorer.finding_place as kept on kept.image = ${image} and kept.place = wanted.place
        and kept.key = wanted.key
      where (kept.risk, kept.in_use) is distinct from (hundredths::float8 / 100, wanted.in_use)),
    written as (
      insert into explorer.finding_place as kept
        (image, place, key, flaw, severity, suppressed, kev, fixable, in_use, risk)
      select ${image}, place, key, flaw, severity, suppressed, kev, fixable, in_use, risk from changed
      on conflict (image, place, key) do update set risk = excluded.risk, in_use = excluded.in_use),
    begun as (select place, flaw, suppressed from changed where came except ${partsOf(image, sql`true`)})
    insert into explorer.flaw_shift (place, flaw, suppressed, key, findings, used, images, running, containers)
    select place, flaw, suppressed, key, came::int, used, 0, 0, 0 from changed
    union all ${shiftOfParts(sql`begun`, { image, sign: 1 })}`.execute(transaction.query(explorerSchema));
}

/** Flaws that an image has in its places, by rows under a condition. */
function partsOf(image: ImageNumber, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select place, flaw, suppressed from explorer.finding_place where image = ${image} and ${condition}`;
}

/** What it shifts that an image has these flaws now (1), or has them no more (−1). */
function shiftOfParts(
  flaws: RawBuilder<unknown>,
  { image, sign }: { readonly image: ImageNumber; readonly sign: 1 | -1 },
): RawBuilder<unknown> {
  return sql`
    select part.place, flaw, suppressed, null::uuid, 0, 0, ${sign}::int, (${sign}::int * sign(coalesce(containers, 0)))::int,
      ${sign}::int * coalesce(containers, 0)
    from ${flaws} as part left join explorer.standing on standing.place = part.place and standing.image = ${image}`;
}

function keysOf(image: ImageNumber, keys: readonly string[]): RawBuilder<string> {
  return sql`select key from explorer.finding_place where image = ${image} and place = '*' union ${unnested(keys)}`;
}

function unnested(keys: readonly string[]): RawBuilder<string> {
  return sql`select unnest(${keys}::uuid[])`;
}

/**
 * Takes findings from an image: these keys in every place, or all in places that it no longer lies in. Notes what this
 * shifts in the sums of their flaws.
 */
export async function dropFindings(
  transaction: Transaction,
  image: ImageNumber,
  gone: { readonly keys: readonly string[] } | { readonly notIn: readonly string[] },
): Promise<void> {
  const which = 'keys' in gone ? sql`key = any(${gone.keys}::uuid[])` : sql`place <> all(${gone.notIn}::text[])`;
  await sql`
    with gone as (
      delete from explorer.finding_place where image = ${image} and ${which}
      returning place, flaw, suppressed, key, in_use),
    ended as (select place, flaw, suppressed from gone except ${partsOf(image, sql`not (${which})`)})
    insert into explorer.flaw_shift (place, flaw, suppressed, key, findings, used, images, running, containers)
    select place, flaw, suppressed, key, -1, -in_use::int, 0, 0, 0 from gone
    union all ${shiftOfParts(sql`ended`, { image, sign: -1 })}`.execute(transaction.query(explorerSchema));
}

/**
 * Counts an image's findings anew by what filters ask for; where `keys` are given, only those of the severities that
 * these findings have.
 */
export async function countImage(
  transaction: Transaction,
  image: ImageNumber,
  keys?: readonly string[],
): Promise<void> {
  const database = transaction.query(explorerSchema);
  const { rows } = await sql<{ severity: number }>`
    select distinct severity from explorer.finding where key = any(${keys ?? []}::uuid[])`.execute(database);
  const severities = rows.map((row) => row.severity);
  const here = keys === undefined ? sql`true` : sql`severity = any(${severities}::smallint[])`;
  await sql`delete from explorer.finding_count where image = ${image} and ${here}`.execute(database);
  await sql`
    insert into explorer.finding_count (place, image, suppressed, severity, kev, fixable, in_use, type, count)
    select place, image, suppressed, severity, kev, fixable, in_use, type, count(*)
    from (select * from explorer.finding_place where image = ${image} and ${here}) as held
      join (select key, type from explorer.finding) as finding using (key)
    group by place, image, suppressed, severity, kev, fixable, in_use, type`.execute(database);
}

/** Notes when an image was first known to have a flaw, and how many came and went on this day. */
export async function noteSeen(transaction: Transaction, image: ImageNumber, now: Date): Promise<void> {
  await sql`
    with came as (
      insert into explorer.finding_seen
      select ${image}, flaw, ${now}::timestamptz from (
        select flaw from explorer.finding_place where image = ${image} and place = '*'
        except select flaw from explorer.finding_seen where image = ${image}) as fresh
      on conflict do nothing returning flaw),
    went as (
      delete from explorer.finding_seen as seen where image = ${image}
        and not exists (select from explorer.finding_place as held
          where held.image = seen.image and held.place = '*' and held.flaw = seen.flaw)
      returning flaw)
    insert into explorer.finding_day as kept (day, image, came, went)
    select ${now.toISOString().slice(0, 10)}::date, ${image}, (select count(*) from came), (select count(*) from went)
    on conflict (day, image) do update set came = kept.came + excluded.came, went = kept.went + excluded.went`.execute(
    transaction.query(explorerSchema),
  );
}

/**
 * Works out an image's risk mass in each place, and what of it each upgrade removes. An upgrade that comes to a place or
 * leaves it is summed anew over images; for any other it is noted by how much it weighs more or less.
 */
export async function weighImage(transaction: Transaction, image: ImageNumber): Promise<void> {
  const { pointsPerTenfold } = massConstants;
  await sql`
    with component as materialized (
      select place, component, max(risk) as worst, ${massOf(sql`sum(odds order by key)`)} as mass,
        ${massOf(sql`sum(odds order by key) filter (where not fixable)`)} as remaining
      from (
        select place, component, risk, fixable, key, power(10::float8, (risk - 100) * 2 / ${pointsPerTenfold}::float8) as odds
        from explorer.finding_place join explorer.finding using (key)
        where image = ${image} and not finding_place.suppressed) as held
      group by place, component),
    stood as (
      update explorer.standing as kept set worst = place.worst, mass = coalesce(place.mass, 0)
      from explorer.standing as same left join (
        select place, max(worst) as worst, sum(mass order by component) as mass from component group by place
      ) as place using (place)
      where same.image = ${image} and kept.image = same.image and kept.place = same.place
        and (kept.worst, kept.mass) is distinct from (place.worst, coalesce(place.mass, 0))),
    own as materialized (select component, upgrade from explorer.upgrade_row where image = ${image}),
    wanted as materialized (
      select place, component, ${exact(sql`mass - remaining`)} as mass from component join own using (component)),
    before as materialized (select place, component, mass from explorer.upgrade_place where image = ${image}),
    changed as materialized (
      select place, component, wanted.mass, before.mass as had
      from wanted full join before using (place, component) where wanted.mass is distinct from before.mass),
    gone as (
      delete from explorer.upgrade_place as kept using changed where kept.image = ${image}
        and kept.place = changed.place and kept.component = changed.component and changed.mass is null),
    written as (
      insert into explorer.upgrade_place as kept (image, place, component, mass)
      select ${image}, place, component, mass from changed where mass is not null
      on conflict (image, place, component) do update set mass = excluded.mass),
    noted as (
      insert into explorer.upgrade_shift (upgrade, place, mass)
      select upgrade, place, sum(mass - had) from changed join own using (component)
      where mass is not null and had is not null group by upgrade, place)
    insert into explorer.touched
    select distinct 'upgrade', upgrade from changed join own using (component) where mass is null or had is null`.execute(
    transaction.query(explorerSchema),
  );
}

/** To a part of 2⁻³⁰, so that sums up to some millions are exact, whatever is added or taken away in which order. */
function exact(mass: RawBuilder<unknown>): RawBuilder<number> {
  return sql`round((${mass}) * (1 << 30)) / (1 << 30)`;
}

/** −ln(1 − R) of a component whose squared odds add up to this, as `componentRisk` has it. */
function massOf(squares: RawBuilder<unknown>): RawBuilder<number> {
  return sql`-ln(1 - least(${massConstants.highestOdds}::float8, sqrt(coalesce(${squares}, 0))))`;
}
