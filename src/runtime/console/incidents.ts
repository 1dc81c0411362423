import { type Selectable as Row, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { HandlerInput } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Incident, listIncidents } from '../contract.ts';
import { containing } from './search.ts';
import { type RuntimeTables, runtimeSchema } from './schema.ts';

/** An incident as it is stored. */
export type IncidentRow = Row<RuntimeTables['incident']>;

type Query = HandlerInput<typeof listIncidents>['query'];

/** Incidents, newest first, as far as the caller may see them; `open` counts those of the whole list. */
export async function listSeen(
  queries: Queries,
  query: Query,
  view: View,
): Promise<{ readonly incidents: readonly Incident[]; readonly total: number; readonly open: number }> {
  const found = await queries
    .query(runtimeSchema)
    .selectFrom('incident')
    .select(['id', 'state', ...(view === undefined ? [] : (['place'] as const))])
    .where(asked(query))
    .orderBy('last_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const visible = found.filter(({ place }) => view === undefined || (place !== undefined && view(place)));
  const page = visible.slice(query.offset, query.offset + query.limit).map(({ id }) => id);
  return {
    incidents: await readIncidents(queries, page),
    total: visible.length,
    open: visible.filter(({ state }) => state === 'open').length,
  };
}

/** `undefined` when there is none that the caller may see. */
export async function readIncidentRow(queries: Queries, id: number, view: View): Promise<IncidentRow | undefined> {
  const row = await queries
    .query(runtimeSchema)
    .selectFrom('incident')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row === undefined || (view !== undefined && !view(row.place)) ? undefined : row;
}

async function readIncidents(queries: Queries, ids: readonly number[]): Promise<readonly Incident[]> {
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('incident')
    .selectAll()
    .where('id', '=', sql<number>`any(${ids}::int[])`)
    .orderBy('last_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(toIncident);
}

function asked({ search, environment, state, container, image }: Query): RawBuilder<SqlBool> {
  const conditions = [
    ...(search === undefined ? [] : [sql`search like ${containing(search)}`]),
    ...(environment === undefined ? [] : [sql`environment = ${environment}`]),
    ...(state === undefined ? [] : [sql`state = ${state}`]),
    ...(container === undefined ? [] : [sql`container = ${container}`]),
    ...(image === undefined ? [] : [sql`digest = ${image}`]),
  ];
  return conditions.length === 0 ? sql`true` : sql`${sql.join(conditions, sql` and `)}`;
}

export function toIncident(row: IncidentRow): Incident {
  return {
    id: row.id,
    state: row.state,
    title: row.title,
    severity: row.severity,
    outcome: row.outcome,
    host: row.host,
    ...(row.environment === null ? {} : { environment: row.environment }),
    container: { id: row.container, name: row.container_name, image: row.image },
    ...(row.digest === null ? {} : { imageDigest: row.digest }),
    ...(row.model === null ? {} : { model: row.model }),
    techniques: row.techniques,
    detections: row.detections,
    openedAt: row.opened_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    ...(row.acknowledged === null ? {} : { acknowledged: row.acknowledged }),
  };
}
