import { sql } from 'kysely';
import type { HandlerInput } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { getTrend, TrendPoint } from '../contract.ts';
import { pruneNames } from './application-names.ts';
import { noNumbers, pointOf, readEnvironmentNumbers } from './environments.ts';
import { everywhere } from './image-environment.ts';
import { pruneFindings } from './prune-findings.ts';
import type { RefreshContext } from './refresh.ts';
import { explorerSchema } from './schema.ts';
import { environmentKey, readScope, type Viewer } from './scope.ts';

const day = 24 * 60 * 60_000;
/** Days with a point for each hour. */
const hourly = 2;

/** Notes how every environment stands in this hour, once for each hour whichever console does it, and lets go of what is too old. */
export async function recordTrend(context: RefreshContext, now: Date): Promise<void> {
  const { store, sources } = context;
  const hour = new Date(now);
  hour.setUTCMinutes(0, 0, 0);
  const environments = await readEnvironmentNumbers(store, undefined);
  const database = store.query(explorerSchema);
  for (const environment of new Set([everywhere, ...environments.keys()])) {
    const point = JSON.stringify(pointOf(environments.get(environment) ?? noNumbers, hour.toISOString()));
    await database
      .insertInto('trend_point')
      .values({ environment, at: hour, point })
      .onConflict((conflict) => conflict.columns(['environment', 'at']).doUpdateSet({ point }))
      .execute();
  }
  const { trendDays } = await sources.retention(store);
  await database
    .deleteFrom('trend_point')
    .where('at', '<', new Date(now.getTime() - trendDays * day))
    .execute();
  await sql`
    delete from explorer.trend_point as kept where at < ${new Date(now.getTime() - hourly * day)}
      and exists (select from explorer.trend_point as later where later.environment = kept.environment and later.at > kept.at
        and date_trunc('day', later.at, 'UTC') = date_trunc('day', kept.at, 'UTC'))`.execute(database);
  await pruneFindings(context);
  await pruneNames(store);
}

interface Asked {
  readonly query: HandlerInput<typeof getTrend>['query'];
  readonly principal?: Viewer;
  readonly now: Date;
}

/**
 * Answers `getTrend`, oldest first; the last point is of now. Who sees a part of the estate has only that one: what
 * was noted counts what he may not see.
 */
export async function readTrend(
  queries: Queries,
  { query, principal, now }: Asked,
): Promise<{ readonly points: readonly TrendPoint[] }> {
  const environment = environmentKey(query.environment);
  const scope = await readScope(queries, query, principal);
  const environments = await readEnvironmentNumbers(queries, scope.images);
  const current = pointOf(environments.get(environment) ?? noNumbers, now.toISOString());
  if (principal?.collections !== undefined) return { points: [current] };
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('trend_point')
    .select('point')
    .where('environment', '=', environment)
    .where('at', '>=', new Date(now.getTime() - query.days * day))
    .where('at', '<=', now)
    .orderBy('at')
    .execute();
  return { points: [...rows.map((row) => row.point), current] };
}
