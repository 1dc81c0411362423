import { type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { HandlerInput } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import { severities } from '#vulnerability/contract.ts';
import type { Finding } from '#vulnerability/index.ts';
import type { FindingSort, listVulnerabilities, RankedVulnerability, SeverityCounts } from '../contract.ts';
import { vulnerabilitiesNamed, imagesNamed, plainConditions, severityCondition } from './finding-filters.ts';
import { all } from './findings.ts';
import { byEnvironment, environmentOf } from './placements.ts';
import { attribute } from './risk-rows.ts';
import { explorerSchema } from './schema.ts';
import { inScope, readScope, type Scope, type Viewer } from './scope.ts';
import { containing } from './search.ts';
import { type CountedGroup, countsFromGroups, totalOfGroups } from './severity-counts.ts';
import { vulnerabilitiesWhere } from './sums.ts';
import type { VulnerabilityTable, ImageNumber, EnvironmentKey } from './tables.ts';

type Query = HandlerInput<typeof listVulnerabilities>['query'];
type VulnerabilityChoice = Pick<Query, 'search' | 'fix' | 'kev' | 'inUse' | 'type' | 'since'>;

/** Versions that a row names. */
const versionsShown = 20;

const byRisk = sql`risk desc, severity, id, package, type`;
const orders: Readonly<Record<FindingSort, RawBuilder<unknown>>> = {
  risk: byRisk,
  severity: sql`severity, ${byRisk}`,
  epss: sql`epss desc nulls last, ${byRisk}`,
  images: sql`images desc, ${byRisk}`,
  name: sql`id, ${byRisk}`,
  fixed: sql`(cardinality(fixes) > 0) desc, ${byRisk}`,
};

/** Answers `listVulnerabilities`: by risk, then severity, id, package, type, unless sorted otherwise. */
export async function readVulnerabilities(
  queries: Queries,
  { query, principal }: { readonly query: Query; readonly principal?: Viewer },
): Promise<{
  readonly total: number;
  readonly vulnerabilities: readonly RankedVulnerability[];
  readonly counts: SeverityCounts;
}> {
  const scope = await readScope(queries, query, principal);
  const groups = await countVulnerabilities(queries, scope, query);
  return {
    total: totalOfGroups(groups, query),
    vulnerabilities: await readPage(queries, scope, query),
    counts: countsFromGroups(groups),
  };
}

/** Vulnerabilities under all filters but severity and suppression. */
export async function countVulnerabilities(
  queries: Queries,
  scope: Scope,
  choice: VulnerabilityChoice,
): Promise<readonly CountedGroup[]> {
  const { rows } = await sql<CountedGroup>`
    select suppressed, severity, count(*)::int as count from ${vulnerabilitiesIn(scope)} as vulnerability
    where ${all(conditionsOf(scope, choice))} group by suppressed, severity`.execute(queries.query(explorerSchema));
  return rows;
}

/** Sums are kept for environments; for a narrower part they are made when it is asked for. */
function vulnerabilitiesIn(scope: Scope): RawBuilder<unknown> {
  return scope.images === undefined ? sql`explorer.vulnerability` : sql`(${vulnerabilitiesWhere(inScope(scope))})`;
}

function conditionsOf(scope: Scope, choice: VulnerabilityChoice): readonly RawBuilder<SqlBool>[] {
  return [
    sql`environment = ${scope.environment}`,
    ...plainConditions(choice),
    ...(choice.type === undefined ? [] : [sql<SqlBool>`type = ${choice.type}`]),
    ...(choice.search === undefined ? [] : [searched(scope, choice.search)]),
    ...(choice.since === undefined ? [] : [foundSince(scope, choice.since)]),
  ];
}

/** An image of the scope has had a finding of it since then and not before. */
function foundSince(scope: Scope, since: string): RawBuilder<SqlBool> {
  return sql`(vulnerability, suppressed) in (
    select vulnerability, suppressed from explorer.finding_environment join explorer.finding_seen using (image, vulnerability)
    where ${inScope(scope)} and at >= ${since}::timestamptz)`;
}

/** A vulnerability is found by its own names and by those of the images that hold it. */
function searched(scope: Scope, search: string): RawBuilder<SqlBool> {
  const pattern = containing(search);
  return sql`(vulnerability = any(${vulnerabilitiesNamed(pattern)}) or (vulnerability, suppressed) in (
    select vulnerability, suppressed from explorer.finding_environment
    where ${inScope(scope)} and image = any(${imagesNamed(pattern)})))`;
}

async function readPage(queries: Queries, scope: Scope, query: Query): Promise<readonly RankedVulnerability[]> {
  const database = queries.query(explorerSchema);
  const conditions = [
    ...conditionsOf(scope, query),
    sql<SqlBool>`suppressed = ${query.suppressed}`,
    ...severityCondition(query.severity),
  ];
  const { rows } = await sql<Selectable<VulnerabilityTable> & WorstFinding>`
    with page as (
      select * from ${vulnerabilitiesIn(scope)} as vulnerability where ${all(conditions)}
      order by ${orders[query.sort]} limit ${query.limit} offset ${query.offset})
    select page.*, worst.image, worst.document as finding, seen.at as seen
    from page cross join lateral (
        select image, document from explorer.finding_environment as held join explorer.finding using (key)
        where held.vulnerability = page.vulnerability and held.environment = page.environment and held.suppressed = page.suppressed
          and ${inScope(scope)}
        order by held.risk desc, held.severity, image, key limit 1) as worst
      cross join lateral (
        select min(at) as at from explorer.finding_seen as first where first.vulnerability = page.vulnerability and ${seenIn(scope)}) as seen
    order by ${orders[query.sort]}`.execute(database);
  const scored = await attribute(queries, scope.environment, rows);
  const running = await readRunning(queries, scope, rows);
  return scored.map((row) => toRankedVulnerability(row, running.get(runningKey(row)) ?? []));
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
  readonly vulnerability: string;
  readonly suppressed: boolean;
  readonly environment: EnvironmentKey;
  readonly containers: number;
  readonly running: number;
}

/** In which environments containers run with these vulnerabilities. */
async function readRunning(
  queries: Queries,
  { images }: Scope,
  vulnerabilities: readonly Pick<VulnerabilityTable, 'vulnerability'>[],
): Promise<ReadonlyMap<string, readonly RunningIn[]>> {
  const keys = vulnerabilities.map((row) => row.vulnerability);
  const source =
    images === undefined
      ? sql`explorer.vulnerability where vulnerability = any(${keys}::uuid[])`
      : sql`(${vulnerabilitiesWhere(sql`held.vulnerability = any(${keys}::uuid[]) and held.image = any(${images}::int[])`)}) as vulnerability where true`;
  const { rows } = await sql<RunningIn>`
    select vulnerability, suppressed, environment, containers, running from ${source} and environment <> '*' and containers > 0`.execute(
    queries.query(explorerSchema),
  );
  return Map.groupBy(rows.toSorted(byEnvironment), runningKey);
}

function runningKey(row: { readonly vulnerability: string; readonly suppressed: boolean }): string {
  return `${row.vulnerability} ${row.suppressed}`;
}

function toRankedVulnerability(
  row: Omit<Selectable<VulnerabilityTable>, 'risk'> & Pick<WorstFinding, 'seen'> & Pick<Finding, 'risk'>,
  running: readonly RunningIn[],
): RankedVulnerability {
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
    containers: running.map(({ environment, containers, running: images }) => ({
      ...environmentOf(environment),
      containers,
      images,
    })),
    inUse: row.in_use,
    firstSeenAt: (row.seen ?? new Date(0)).toISOString(),
  };
}
