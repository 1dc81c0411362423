import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { AppError } from '#base/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { ApplicationRow, ImageState, listApplications } from '../contract.ts';
import { applicationNamed, applicationSearched } from './application-names.ts';
import { all } from './findings.ts';
import { byEnvironment } from './placements.ts';
import { explorerSchema } from './schema.ts';
import { environmentKey, type Viewer, visible } from './scope.ts';
import { type CountedGroup, countsFromGroups } from './severity-counts.ts';
import type { EnvironmentKey } from './tables.ts';

type Query = HandlerInput<typeof listApplications>['query'];

interface StoredApplication {
  readonly name: string;
  readonly from: ApplicationRow['from'];
  readonly images: number;
  readonly containers: number;
  readonly hosts: number;
  readonly environments: readonly EnvironmentKey[] | null;
  readonly states: readonly ImageState[];
  readonly groups: readonly CountedGroup[] | null;
  readonly worst: number | null;
  readonly riskSum: number;
}

/** Answers `listApplications`. */
export async function readApplications(
  queries: Queries,
  { query, principal }: { readonly query: Query; readonly principal?: Viewer },
): Promise<{ readonly total: number; readonly applications: readonly ApplicationRow[] }> {
  const environment = environmentKey(query.environment);
  const named = query.search === undefined ? [] : [applicationSearched(query.search)];
  const conditions = [...named, ...visible(principal)];
  const counted = await sql<{ total: number }>`
    select count(distinct name)::int as total from explorer.application_row join explorer.image_row using (subject)
      join explorer.image_environment on image = number and environment = ${environment}
    where ${all(conditions)}`.execute(queries.query(explorerSchema));
  const rows = await readRows(queries, { environment, conditions, limit: query.limit, offset: query.offset });
  return { total: counted.rows[0]?.total ?? 0, applications: rows };
}

/** The line of one application. Throws `not-found`. */
export async function readApplicationRow(
  queries: Queries,
  {
    name,
    environment,
    viewer,
  }: { readonly name: string; readonly environment: EnvironmentKey; readonly viewer: Viewer },
): Promise<ApplicationRow> {
  const conditions = [sql<SqlBool>`name = ${applicationNamed(name)}`, ...visible(viewer)];
  const [row] = await readRows(queries, { environment, conditions, limit: 1, offset: 0 });
  if (row === undefined) throw new AppError('not-found', `There is no application ${name}.`);
  return row;
}

interface Wanted {
  readonly environment: EnvironmentKey;
  /** On `application_row`. */
  readonly conditions: readonly RawBuilder<SqlBool>[];
  readonly limit: number;
  readonly offset: number;
}

/** Of several things that name one application, containers say more than a build, and that more than a collection. */
const origins = sql`array['label', 'compose', 'namespace', 'build', 'collection']`;

async function readRows(
  queries: Queries,
  { environment, conditions, limit, offset }: Wanted,
): Promise<readonly ApplicationRow[]> {
  const { rows } = await sql<StoredApplication>`
    with part as (
      select name, origin, subject, image, state, worst, risk_sum
      from explorer.application_row join explorer.image_row using (subject)
        join explorer.image_environment on image = number and environment = ${environment}
      where ${all(conditions)}),
    page as (
      select name, (array_agg(origin order by array_position(${origins}, origin)))[1] as "from",
        count(*)::int as images, array_agg(distinct state) as states, max(worst) as worst, sum(risk_sum order by image) as "riskSum"
      from part group by name order by sum(risk_sum) desc, name limit ${limit} offset ${offset})
    select page.*, containers.count as containers, lies.hosts, lies.environments, found.groups
    from page
      cross join lateral (
        select count(*)::int as count from explorer.container_row as runs join part using (subject)
        where part.name = page.name and (runs.application = page.name or origin in ('build', 'collection'))
          and (${environment} = '*' or runs.environment = ${environment})) as containers
      cross join lateral (
        select count(distinct host)::int as hosts, array_agg(distinct environment) as environments from (
          select host, environment from explorer.presence_row as lies join part using (subject) where part.name = page.name
          union select host, environment from explorer.container_row as runs join part using (subject)
            where part.name = page.name) as here
        where ${environment} = '*' or environment = ${environment}) as lies
      cross join lateral (
        select jsonb_agg(jsonb_build_object('suppressed', suppressed, 'severity', severity, 'count', count)) as groups
        from (select suppressed, severity, sum(count)::int as count
          from explorer.finding_count join part using (image)
          where part.name = page.name and environment = ${environment} group by suppressed, severity) as counted) as found
    order by "riskSum" desc, name`.execute(queries.query(explorerSchema));
  return rows.map(toRow);
}

const verdictsWorstFirst = ['fail', 'cannot-judge', 'pending', 'pass'] as const;

/** The verdict of what stands worst; none while that waits for one. */
export function worstState(states: readonly ImageState[]): { readonly verdict?: Exclude<ImageState, 'pending'> } {
  const worst = verdictsWorstFirst.find((state) => states.includes(state));
  return worst === undefined || worst === 'pending' ? {} : { verdict: worst };
}

function toRow({ environments, states, groups, worst, ...same }: StoredApplication): ApplicationRow {
  const named = (environments ?? [])
    .filter((environment) => environment !== '')
    .map((environment) => ({ environment }));
  return {
    ...same,
    environments: named.toSorted(byEnvironment).map(({ environment }) => environment),
    ...worstState(states),
    counts: countsFromGroups(groups ?? []),
    ...(worst === null ? {} : { worst }),
  };
}
