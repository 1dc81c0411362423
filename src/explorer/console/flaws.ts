import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { HandlerInput } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import { severities } from '#vulnerability/contract.ts';
import type { Finding } from '#vulnerability/index.ts';
import type { listFlaws, RankedFlaw, SeverityCounts } from '../contract.ts';
import { flawsNamed, imagesNamed, plainConditions, severityCondition } from './finding-filters.ts';
import { all } from './findings.ts';
import { byPlace, environmentOf } from './placements.ts';
import { attribute } from './risk-rows.ts';
import { explorerSchema } from './schema.ts';
import { inScope, readScope, type Scope, type Viewer } from './scope.ts';
import { containing } from './search.ts';
import { type CountedGroup, countsFromGroups, totalOfGroups } from './severity-counts.ts';
import { flawsWhere } from './sums.ts';
import type { FlawTable, ImageNumber, Place } from './tables.ts';

type Query = HandlerInput<typeof listFlaws>['query'];
type FlawChoice = Pick<Query, 'search' | 'fix' | 'kev' | 'inUse' | 'type'>;

/** Versions that a row names. */
const versionsShown = 20;

/** Answers `listFlaws`: by risk, then severity, id, package, type. */
export async function readFlaws(
  queries: Queries,
  { query, principal }: { readonly query: Query; readonly principal?: Viewer },
): Promise<{ readonly total: number; readonly flaws: readonly RankedFlaw[]; readonly counts: SeverityCounts }> {
  const scope = await readScope(queries, query, principal);
  const groups = await countFlaws(queries, scope, query);
  return {
    total: totalOfGroups(groups, query),
    flaws: await readPage(queries, scope, query),
    counts: countsFromGroups(groups),
  };
}

/** Flaws under all filters but severity and suppression. */
export async function countFlaws(queries: Queries, scope: Scope, choice: FlawChoice): Promise<readonly CountedGroup[]> {
  const { rows } = await sql<CountedGroup>`
    select suppressed, severity, count(*)::int as count from ${flawsIn(scope)} as flaw
    where ${all(conditionsOf(scope, choice))} group by suppressed, severity`.execute(queries.query(explorerSchema));
  return rows;
}

/** Sums are kept for places; for a narrower part they are made when it is asked for. */
function flawsIn(scope: Scope): RawBuilder<unknown> {
  return scope.images === undefined ? sql`explorer.flaw` : sql`(${flawsWhere(inScope(scope))})`;
}

function conditionsOf(scope: Scope, choice: FlawChoice): readonly RawBuilder<SqlBool>[] {
  return [
    sql`place = ${scope.place}`,
    ...plainConditions(choice),
    ...(choice.type === undefined ? [] : [sql<SqlBool>`type = ${choice.type}`]),
    ...(choice.search === undefined ? [] : [searched(scope, choice.search)]),
  ];
}

/** A flaw is found by its own names and by those of the images that hold it. */
function searched(scope: Scope, search: string): RawBuilder<SqlBool> {
  const pattern = containing(search);
  return sql`(flaw = any(${flawsNamed(pattern)}) or (flaw, suppressed) in (
    select flaw, suppressed from explorer.finding_place
    where ${inScope(scope)} and image = any(${imagesNamed(pattern)})))`;
}

async function readPage(queries: Queries, scope: Scope, query: Query): Promise<readonly RankedFlaw[]> {
  const database = queries.query(explorerSchema);
  const conditions = [
    ...conditionsOf(scope, query),
    sql<SqlBool>`suppressed = ${query.suppressed}`,
    ...severityCondition(query.severity),
  ];
  const { rows } = await sql<Selectable<FlawTable> & WorstFinding>`
    with page as (
      select * from ${flawsIn(scope)} as flaw where ${all(conditions)}
      order by risk desc, severity, id, package, type limit ${query.limit} offset ${query.offset})
    select page.*, worst.image, worst.document as finding, seen.at as seen
    from page cross join lateral (
        select image, document from explorer.finding_place as held join explorer.finding using (key)
        where held.flaw = page.flaw and held.place = page.place and held.suppressed = page.suppressed
          and ${inScope(scope)}
        order by held.risk desc, held.severity, image, key limit 1) as worst
      cross join lateral (
        select min(at) as at from explorer.finding_seen as first where first.flaw = page.flaw and ${seenIn(scope)}) as seen
    order by risk desc, severity, id, package, type`.execute(database);
  const weighed = await attribute(queries, scope.place, rows);
  const running = await readRunning(queries, scope, rows);
  return weighed.map((row) => toRankedFlaw(row, running.get(runningKey(row)) ?? []));
}

interface WorstFinding {
  readonly image: ImageNumber;
  readonly finding: Finding;
  readonly seen: Date | null;
}

function seenIn({ images }: Scope): RawBuilder<SqlBool> {
  return images === undefined ? sql`true` : sql`first.image = any(${images}::int[])`;
}

interface RunningIn {
  readonly flaw: string;
  readonly suppressed: boolean;
  readonly place: Place;
  readonly containers: number;
  readonly running: number;
}

/** In which places containers run with these flaws. */
async function readRunning(
  queries: Queries,
  { images }: Scope,
  flaws: readonly Pick<FlawTable, 'flaw'>[],
): Promise<ReadonlyMap<string, readonly RunningIn[]>> {
  const keys = flaws.map((row) => row.flaw);
  const source =
    images === undefined
      ? sql`explorer.flaw where flaw = any(${keys}::uuid[])`
      : sql`(${flawsWhere(sql`held.flaw = any(${keys}::uuid[]) and held.image = any(${images}::int[])`)}) as flaw where true`;
  const { rows } = await sql<RunningIn>`
    select flaw, suppressed, place, containers, running from ${source} and place <> '*' and containers > 0`.execute(
    queries.query(explorerSchema),
  );
  return Map.groupBy(rows.toSorted(byPlace), runningKey);
}

function runningKey(row: { readonly flaw: string; readonly suppressed: boolean }): string {
  return `${row.flaw} ${row.suppressed}`;
}

function toRankedFlaw(
  row: Omit<Selectable<FlawTable>, 'risk'> & Pick<WorstFinding, 'seen'> & Pick<Finding, 'risk'>,
  running: readonly RunningIn[],
): RankedFlaw {
  const [fixed, other] = row.fixes;
  return {
    id: row.id,
    package: row.package,
    type: row.type,
    severity: severities[row.severity] ?? 'unrated',
    ...(row.score === null ? {} : { score: row.score }),
    risk: row.risk.score,
    points: row.risk.points,
    ...(row.epss === null ? {} : { epss: row.epss }),
    kev: row.kev,
    ...(fixed === undefined || other !== undefined ? {} : { fixed }),
    fixes: row.fixes.slice(0, versionsShown),
    installed: row.installed.slice(0, versionsShown),
    images: row.images,
    findings: row.findings,
    suppressed: row.suppressed,
    containers: running.map(({ place, containers, running: images }) => ({
      ...environmentOf(place),
      containers,
      images,
    })),
    inUse: row.in_use,
    firstSeenAt: (row.seen ?? new Date(0)).toISOString(),
  };
}
