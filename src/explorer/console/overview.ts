import { type SqlBool, sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import { readDatabaseState } from '#vulnerability/console/index.ts';
import type { getOverview, Overview } from '../contract.ts';
import { environmentRows, noNumbers, readHostGroups, readEnvironmentNumbers } from './environments.ts';
import { all } from './findings.ts';
import { countVulnerabilities } from './vulnerabilities.ts';
import { everywhere } from './image-environment.ts';
import { readNewestImages, sumOf } from './images.ts';
import { explorerSchema } from './schema.ts';
import { readScope, type Scope, type Viewer, visible } from './scope.ts';
import { countsFromGroups } from './severity-counts.ts';
import { readUnscanned } from './unscanned.ts';
import { readTopUpgrades } from './upgrades.ts';

const newestShown = 5;
const upgradesShown = 3;

interface Asked {
  readonly query: HandlerInput<typeof getOverview>['query'];
  readonly principal?: Viewer;
  readonly now: Date;
}

/** Answers `getOverview`. */
export async function readOverview(queries: Queries, { query, principal, now }: Asked): Promise<Overview> {
  const scope = await readScope(queries, query, principal);
  const environments = await readEnvironmentNumbers(queries, scope.images);
  const hosts = await readHostGroups(queries, principal);
  const here = hosts.filter(({ environment }) => scope.environment === everywhere || environment === scope.environment);
  const { verdicts } = environments.get(scope.environment) ?? noNumbers;
  const ranked = await readRanked(queries, query, principal);
  const { findings } = (await readEnvironmentNumbers(queries, ranked.images)).get(ranked.environment) ?? noNumbers;
  return {
    images: sumOf(verdicts),
    verdicts,
    findings,
    vulnerabilities: countsFromGroups(await countVulnerabilities(queries, ranked, {})),
    hosts: here.reduce((sum, group) => sum + group.hosts, 0),
    unscanned: (await readUnscanned(queries, { query: { limit: 1, offset: 0 }, principal })).total,
    database: await readDatabaseState(queries, now),
    newest: await readNewestImages(queries, scope, newestShown),
    upgrades: await readTopUpgrades(queries, ranked, upgradesShown),
    environments: environmentRows(environments, hosts),
    differences: await readDifferences(queries, principal),
    staleHosts: here.reduce((sum, group) => sum + group.stale, 0),
    today: await readToday(queries, scope, now),
  };
}

/** What is ranked: of an environment the images that run there, else all. */
async function readRanked(queries: Queries, query: Asked['query'], viewer: Viewer): Promise<Scope> {
  const isRanked = query.environment !== undefined && query.environment !== 'none';
  return await readScope(queries, isRanked ? { ...query, running: true } : query, viewer);
}

async function readDifferences(queries: Queries, viewer: Viewer): Promise<Overview['differences']> {
  const { rows } = await sql<{ subject: SubjectId; image: string }>`
    select subject, label as image from explorer.image_row
    where ${all([sql<SqlBool>`differs`, ...visible(viewer)])} order by label, subject`.execute(
    queries.query(explorerSchema),
  );
  return rows;
}

/** What came and went since midnight UTC. */
async function readToday(queries: Queries, scope: Scope, now: Date): Promise<Overview['today']> {
  const day = now.toISOString().slice(0, 10);
  const here = imagesIn(scope);
  const { rows } = await sql<Overview['today']>`
    select (select coalesce(sum(came), 0)::int from explorer.finding_day where day = ${day}::date and ${here})
        as "newFindings",
      (select coalesce(sum(went), 0)::int from explorer.finding_day where day = ${day}::date and ${here})
        as "goneFindings",
      (select count(*)::int from explorer.image_number join explorer.image_row as image using (number)
        where kind = 'image' and at >= ${`${day}T00:00:00Z`}::timestamptz and ${imagesIn(scope, sql`number`)}) as "newImages"`.execute(
    queries.query(explorerSchema),
  );
  return rows[0] ?? { newFindings: 0, goneFindings: 0, newImages: 0 };
}

function imagesIn({ environment, images }: Scope, image = sql`image`) {
  if (images !== undefined) return sql`${image} = any(${images}::int[])`;
  if (environment === everywhere) return sql`true`;
  return sql`${image} in (
    select own.image from explorer.image_environment as own where own.environment = ${environment})`;
}
