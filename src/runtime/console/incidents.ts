import { type Selectable as Row, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { HandlerInput } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Incident, listIncidents } from '../contract.ts';
import { concernedTitle, type ConcernedSeen, readConcerned } from './concerned-containers.ts';
import { containing } from './search.ts';
import { type RuntimeTables, runtimeSchema } from './schema.ts';

/** An incident as it is stored. */
export type IncidentRow = Row<RuntimeTables['incident']>;

type Query = HandlerInput<typeof listIncidents>['query'];

/** What narrows a list of incidents, besides its page. */
export type IncidentFilter = Omit<Query, 'limit' | 'offset'>;

/** Rows that are looked at at once while looking for those that the caller may see. */
const rowsAtOnce = 1000;

interface Seen {
  readonly incidents: readonly Incident[];
  readonly total: number;
  readonly open: number;
}

/** Incidents, newest first, as far as the caller may see them; `open` counts those of the whole list. */
export async function listSeen(queries: Queries, query: Query, view: View): Promise<Seen> {
  return view === undefined ? await listAll(queries, query) : await listVisible(queries, query, view);
}

async function listAll(queries: Queries, query: Query): Promise<Seen> {
  const database = queries.query(runtimeSchema);
  const rows = await database
    .selectFrom('incident')
    .selectAll()
    .where(asked(query))
    .orderBy('last_at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit)
    .offset(query.offset)
    .execute();
  const { total, open } = await database
    .selectFrom('incident')
    .select([
      sql<number>`count(*)::int`.as('total'),
      sql<number>`(count(*) filter (where state = 'open'))::int`.as('open'),
    ])
    .where(asked(query))
    .executeTakeFirstOrThrow();
  return { incidents: rows.map(toIncident), total, open };
}

/** What a caller may see is known by looking at each; no more than a few rows of them are held. */
async function listVisible(queries: Queries, query: Query, view: NonNullable<View>): Promise<Seen> {
  const page: number[] = [];
  let [total, open] = [0, 0];
  for await (const rows of visibleParts(queries, query, view)) {
    for (const { id, state } of rows) {
      if (total >= query.offset && page.length < query.limit) page.push(id);
      total += 1;
      open += state === 'open' ? 1 : 0;
    }
  }
  return { incidents: await readIncidents(queries, page, view), total, open };
}

/** Those that may be about many containers of a host. */
function ofHosts(rows: readonly Pick<IncidentRow, 'id' | 'topic'>[]): readonly number[] {
  return rows.filter(({ topic }) => topic === 'unprotected').map(({ id }) => id);
}

/** One of a whole host is seen by who may see one of the containers that it is about, whatever he may see of the host. */
function isSeen({ place }: Pick<IncidentRow, 'place'>, concerned: ConcernedSeen | undefined, view: View): boolean {
  return view === undefined || (concerned === undefined ? view(place) : concerned.count > 0);
}

type Part = readonly Pick<IncidentRow, 'id' | 'state' | 'severity' | 'topic' | 'place' | 'last_at'>[];

/** Incidents that a caller with part of the estate may see, newest first, some at a time. */
export async function* visibleParts(
  queries: Queries,
  query: IncidentFilter,
  view: NonNullable<View>,
): AsyncGenerator<Part> {
  for await (const rows of parts(queries, query)) {
    const concerned = await readConcerned(queries, ofHosts(rows), view);
    yield rows.filter((row) => isSeen(row, concerned.get(row.id), view));
  }
}

async function* parts(queries: Queries, query: IncidentFilter): AsyncGenerator<Part> {
  let before: Part[number] | undefined;
  for (;;) {
    const behind =
      before === undefined ? sql<boolean>`true` : sql<boolean>`(last_at, id) < (${before.last_at}, ${before.id})`;
    const rows: Part = await queries
      .query(runtimeSchema)
      .selectFrom('incident')
      .select(['id', 'state', 'severity', 'topic', 'place', 'last_at'])
      .where(asked(query))
      .where(behind)
      .orderBy('last_at', 'desc')
      .orderBy('id', 'desc')
      .limit(rowsAtOnce)
      .execute();
    yield rows;
    before = rows.at(-1);
    if (before === undefined || rows.length < rowsAtOnce) return;
  }
}

/** An incident as a reader sees it. */
export interface SeenIncident {
  /** With the title that he is told. */
  readonly row: IncidentRow;
  /** Of an incident of a whole host: the containers that he may see. */
  readonly concerned?: ConcernedSeen;
}

/** `undefined` when there is none that the caller may see. */
export async function readSeenIncident(queries: Queries, id: number, view: View): Promise<SeenIncident | undefined> {
  const row = await queries
    .query(runtimeSchema)
    .selectFrom('incident')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const concerned = (await readConcerned(queries, ofHosts([row]), view)).get(id);
  if (!isSeen(row, concerned, view)) return undefined;
  return concerned === undefined ? { row } : { row: titled(row, concerned), concerned };
}

function titled(row: IncidentRow, concerned: ConcernedSeen): IncidentRow {
  return { ...row, title: concernedTitle(row.container_name, concerned) };
}

async function readIncidents(queries: Queries, ids: readonly number[], view: View): Promise<readonly Incident[]> {
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('incident')
    .selectAll()
    .where('id', '=', sql<number>`any(${ids}::int[])`)
    .orderBy('last_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const concerned = await readConcerned(queries, ofHosts(rows), view);
  return rows.map((row) => {
    const seen = concerned.get(row.id);
    return toIncident(seen === undefined ? row : titled(row, seen));
  });
}

/** The condition on rows of `incident` that a filter is. */
export function asked(query: IncidentFilter): RawBuilder<SqlBool> {
  const { search, environment, state, container, image, severity, outcome, since, until } = query;
  const conditions = [
    ...(search === undefined ? [] : [sql`search like ${containing(search)}`]),
    ...(environment === undefined ? [] : [isIn(environment)]),
    ...(state === undefined ? [] : [sql`state = ${state}`]),
    ...(container === undefined ? [] : [sql`container = ${container}`]),
    ...(image === undefined ? [] : [sql`digest = ${image}`]),
    ...(severity === undefined ? [] : [sql`severity = ${severity}`]),
    ...(outcome === undefined ? [] : [sql`outcome = ${outcome}`]),
    ...(since === undefined ? [] : [sql`last_at >= ${since}`]),
    ...(until === undefined ? [] : [sql`last_at < ${until}`]),
  ];
  return conditions.length === 0 ? sql`true` : sql`${sql.join(conditions, sql` and `)}`;
}

function isIn(environment: string): RawBuilder<SqlBool> {
  return environment === 'none' ? sql`environment is null` : sql`environment = ${environment}`;
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
