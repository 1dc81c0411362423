import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import { contextPoints } from '../risk-in-context.ts';
import type { ImageEnvironment } from './image-environment.ts';
import { explorerSchema } from './schema.ts';
import type { ImageNumber } from './tables.ts';

/** Findings of one image, by their keys. */
export interface HeldKeys {
  readonly image: ImageNumber;
  readonly keys: readonly string[];
}

/** An image in one environment, as far as the risk of its findings follows from it. */
export interface Scoring extends Pick<ImageEnvironment, 'environment' | 'contexts'> {
  readonly image: ImageNumber;
}

/**
 * Works out the risk of findings in each environment of their images, and of all together, and writes what differs. The
 * points of a context are made by `riskOf`; adding them up for many findings is left to PostgreSQL. `came` are findings
 * that images have now and had not before; of the images in `whole` those that they had are scored too. Counts follow,
 * and what this changes in the sums of vulnerabilities is noted.
 */
export async function scoreFindings(
  transaction: Transaction,
  scorings: readonly Scoring[],
  { came, whole }: { readonly came: readonly HeldKeys[]; readonly whole: readonly ImageNumber[] },
): Promise<void> {
  if (whole.length === 0 && came.every(({ keys }) => keys.length === 0)) return;
  const contexts = scorings.flatMap(({ image, environment, contexts: all }) =>
    all.map((context) => ({ image, environment, ...contextPoints(context) })),
  );
  await sql`
    with context as (
      select * from jsonb_to_recordset(${JSON.stringify(contexts)}::jsonb)
        as t (image int, environment text, points int, reach int[], loaded int, other int)),
    asked as (
      select image, key from ${pairsOf(came)}
      union
      select image, key from explorer.finding_environment where environment = '*' and image = any(${whole}::int[])),
    scored as (
      select image, context.environment, finding.key, finding.vulnerability, finding.severity, finding.suppressed, finding.kev,
        finding.fixed is not null as fixable, finding.type, used.purl is not null as in_use,
        max(finding.rest + context.points + context.reach[finding.vectors + 1]
          + case when used.purl is null then context.other else context.loaded end) as hundredths
      from asked join explorer.finding using (key) join context using (image)
        left join explorer.used_package as used using (image, environment, purl, layer)
      group by image, context.environment, finding.key, used.purl),
    wanted as (
      select * from scored
      union all
      select image, '*', key, vulnerability, severity, suppressed, kev, fixable, type, bool_or(in_use), max(hundredths)
      from scored group by image, key, vulnerability, severity, suppressed, kev, fixable, type),
    changed as materialized (
      select wanted.*, hundredths::float8 / 100 as risk, kept.key is null as came, kept.in_use as had
      from wanted left join explorer.finding_environment as kept using (image, environment, key)
      where (kept.risk, kept.in_use) is distinct from (hundredths::float8 / 100, wanted.in_use)),
    written as (
      insert into explorer.finding_environment as kept
        (image, environment, key, vulnerability, severity, suppressed, kev, fixable, in_use, risk)
      select image, environment, key, vulnerability, severity, suppressed, kev, fixable, in_use, risk from changed
      on conflict (image, environment, key) do update set risk = excluded.risk, in_use = excluded.in_use),
    begun as (
      select * from (select distinct image, environment, vulnerability, suppressed from changed where came) as part
      where ${heldOf(sql`part`)} = 0),
    counted as (${countInto(sql`
      select image, environment, suppressed, severity, kev, fixable, in_use, type, 1 as more from changed where came or in_use <> had
      union all
      select image, environment, suppressed, severity, kev, fixable, had, type, -1 from changed where in_use <> had`)})
    insert into explorer.vulnerability_delta (environment, vulnerability, suppressed, key, findings, used, images, running, containers)
    select environment, vulnerability, suppressed, key, sum(came::int), sum(in_use::int - coalesce(had::int, 0)), 0, 0, 0
    from changed group by environment, vulnerability, suppressed, key
    union all ${deltaOfParts(sql`begun`, 1)}`.execute(transaction.query(explorerSchema));
  await dropEmptyCounts(transaction, [...new Set([...came.map(({ image }) => image), ...whole])]);
}

/** Findings that leave images: these in every environment, or all that one has in environments where it no longer lies. */
type Gone = readonly HeldKeys[] | { readonly image: ImageNumber; readonly notIn: readonly string[] };

/** Takes findings from images. Counts follow, and what this changes in the sums of vulnerabilities is noted. */
export async function dropFindings(transaction: Transaction, gone: Gone): Promise<void> {
  if (isKeys(gone) && gone.every(({ keys }) => keys.length === 0)) return;
  const leaving = isKeys(gone)
    ? sql`using ${pairsOf(gone)} where held.image = pair.image and held.key = pair.key`
    : sql`where held.image = ${gone.image} and held.environment <> all(${gone.notIn}::text[])`;
  await sql`
    with gone as (delete from explorer.finding_environment as held ${leaving} returning held.*),
    ended as (
      select * from (
        select image, environment, vulnerability, suppressed, count(*) as findings from gone group by image, environment, vulnerability, suppressed) as part
      where ${heldOf(sql`part`)} = findings),
    counted as (${countInto(sql`
      select image, environment, gone.suppressed, gone.severity, gone.kev, fixable, in_use, finding.type, -1 as more
      from gone join explorer.finding using (key)`)})
    insert into explorer.vulnerability_delta (environment, vulnerability, suppressed, key, findings, used, images, running, containers)
    select environment, vulnerability, suppressed, key, -count(*), -sum(in_use::int), 0, 0, 0 from gone
    group by environment, vulnerability, suppressed, key
    union all ${deltaOfParts(sql`ended`, -1)}`.execute(transaction.query(explorerSchema));
  await dropEmptyCounts(transaction, isKeys(gone) ? gone.map(({ image }) => image) : [gone.image]);
}

/** What went to another count, or went altogether, leaves none behind. */
async function dropEmptyCounts(transaction: Transaction, images: readonly ImageNumber[]): Promise<void> {
  await sql`delete from explorer.finding_count where image = any(${images}::int[]) and count = 0`.execute(
    transaction.query(explorerSchema),
  );
}

function isKeys(gone: Gone): gone is readonly HeldKeys[] {
  return Array.isArray(gone);
}

/** A row `pair (image, key)` for each. */
export function pairsOf(held: readonly HeldKeys[]): RawBuilder<unknown> {
  const images = held.flatMap(({ image, keys }) => keys.map(() => image));
  return sql`unnest(${images}::int[], ${held.flatMap(({ keys }) => keys)}::uuid[]) as pair (image, key)`;
}

/** How many findings an image had of a vulnerability in an environment before the statement: a vulnerability has few, so each is looked up. */
function heldOf(part: RawBuilder<unknown>): RawBuilder<number> {
  return sql`(
    select count(*) from explorer.finding as other join explorer.finding_environment as held using (key)
    where other.vulnerability = ${part}.vulnerability and other.suppressed = ${part}.suppressed and held.image = ${part}.image
      and held.environment = ${part}.environment)`;
}

/** What it changes that images have these vulnerabilities now (1), or have them no more (−1). */
function deltaOfParts(vulnerabilities: RawBuilder<unknown>, sign: 1 | -1): RawBuilder<unknown> {
  return sql`
    select environment, vulnerability, suppressed, null::uuid, 0, 0, ${sign}::int * count(*),
      ${sign}::int * count(*) filter (where containers > 0), ${sign}::int * coalesce(sum(containers), 0)
    from ${vulnerabilities} as part left join explorer.image_environment using (image, environment) group by environment, vulnerability, suppressed`;
}

function countInto(changes: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    insert into explorer.finding_count as kept (environment, image, suppressed, severity, kev, fixable, in_use, type, count)
    select environment, image, suppressed, severity, kev, fixable, in_use, type, sum(more)
    from (${changes}) as change group by environment, image, suppressed, severity, kev, fixable, in_use, type
    having sum(more) <> 0
    on conflict (image, environment, suppressed, severity, kev, fixable, in_use, type)
      do update set count = kept.count + excluded.count`;
}

/** Notes when images were first known to have a vulnerability, and how many came and went on this day. */
export async function noteSeen(
  transaction: Transaction,
  { came, went }: { readonly came: readonly HeldKeys[]; readonly went: readonly HeldKeys[] },
  now: Date,
): Promise<void> {
  await sql`
    with came as (
      insert into explorer.finding_seen
      select distinct image, vulnerability, ${now}::timestamptz from ${pairsOf(came)} join explorer.finding using (key)
      on conflict do nothing returning image, 1 as came, 0 as went),
    went as (
      delete from explorer.finding_seen as seen using ${pairsOf(went)} join explorer.finding using (key)
      where seen.image = pair.image and seen.vulnerability = finding.vulnerability and not exists (
        select from explorer.finding as other join explorer.finding_environment as held using (key)
        where other.vulnerability = seen.vulnerability and held.image = seen.image and held.environment = '*')
      returning seen.image, 0 as came, 1 as went)
    insert into explorer.finding_day as kept (day, image, came, went)
    select ${now.toISOString().slice(0, 10)}::date, image, sum(came), sum(went)
    from (select * from came union all select * from went) as noted group by image
    on conflict (day, image) do update set came = kept.came + excluded.came, went = kept.went + excluded.went`.execute(
    transaction.query(explorerSchema),
  );
}
