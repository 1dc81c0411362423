import { type Selectable as Row, type RawBuilder, type SqlBool, sql } from 'kysely';
import { AppError } from '#base/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { Immutable } from '#base/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Detection, listAlerts } from '../contract.ts';
import { storyOf } from '../incident-story.ts';
import { concernedWords, readConcerned } from './concerned-containers.ts';
import type { SeenIncident } from './incidents.ts';
import { storable } from './search.ts';
import { protectionDetector } from './reported-detection.ts';
import { type RuntimeTables, runtimeSchema } from './schema.ts';

type Query = HandlerInput<typeof listAlerts>['query'];
type Alerts = Immutable<ReplyOf<typeof listAlerts>>['alerts'];
type DetectionRow = Pick<
  Row<RuntimeTables['detection']>,
  'sequence' | 'time' | 'host' | 'incident' | 'place' | 'detection'
>;

/** Rows that are read at once while looking for those that the caller may see. */
const rowsAtOnce = 1000;

/** Detections, newest first, as far as the caller may see them. Throws `bad-request` when `before` names none. */
export async function readAlerts(queries: Queries, query: Query, view: View): Promise<Alerts> {
  const found: DetectionRow[] = [];
  let before = query.before === undefined ? undefined : await positionOf(queries, query.before);
  for (;;) {
    const rows = await read(queries, query, before);
    found.push(...(await reportedTo(queries, rows, view)));
    before = rows.at(-1);
    if (found.length >= query.limit || rows.length < rowsAtOnce || before === undefined) break;
  }
  return found.slice(0, query.limit).map(({ host, incident, detection }) => ({
    ...detection,
    host,
    ...(incident === null ? {} : { incident }),
  }));
}

/** Those that the reader may see; what is told of a whole host speaks of the containers alone that he may see. */
async function reportedTo(
  queries: Queries,
  rows: readonly DetectionRow[],
  view: View,
): Promise<readonly DetectionRow[]> {
  const incidents = rows.flatMap(({ incident, detection: { detector } }) =>
    incident !== null && detector === protectionDetector ? [incident] : [],
  );
  const ofHosts = await readConcerned(queries, incidents, view);
  return rows.flatMap((row) => {
    const concerned = row.incident === null ? undefined : ofHosts.get(row.incident);
    if (concerned === undefined) return view === undefined || view(row.place) ? [row] : [];
    if (concerned.count === 0) return [];
    return [{ ...row, detection: { ...row.detection, ...concernedWords(concerned) } }];
  });
}

type Position = Pick<DetectionRow, 'time' | 'sequence'>;

async function positionOf(queries: Queries, id: string): Promise<Position> {
  const row = await queries
    .query(runtimeSchema)
    .selectFrom('detection')
    .select(['time', 'sequence'])
    .where('id', '=', storable(id))
    .executeTakeFirst();
  if (row === undefined) throw new AppError('bad-request', 'before: there is no alert of this id.');
  return row;
}

async function read(queries: Queries, query: Query, before: Position | undefined): Promise<readonly DetectionRow[]> {
  return await queries
    .query(runtimeSchema)
    .selectFrom('detection')
    .select(['sequence', 'time', 'host', 'incident', 'place', 'detection'])
    .where(asked(query, before))
    .orderBy('time', 'desc')
    .orderBy('sequence', 'desc')
    .limit(rowsAtOnce)
    .execute();
}

/** A container is named by its id, the beginning of it, or its name. */
function asked({ container, image, since, notices }: Query, before: Position | undefined): RawBuilder<SqlBool> {
  const conditions = [
    notices === 'with' ? sql`true` : sql`not notice`,
    ...(container === undefined ? [] : [isContainer(storable(container))]),
    ...(image === undefined ? [] : [sql`digest = ${image}`]),
    ...(since === undefined ? [] : [sql`time >= ${new Date(since)}`]),
    ...(before === undefined ? [] : [sql`(time, sequence) < (${before.time}, ${before.sequence})`]),
  ];
  return sql`${sql.join(conditions, sql` and `)}`;
}

function isContainer(named: string): RawBuilder<SqlBool> {
  if (!/^[0-9a-f]{12,64}$/.test(named)) return sql`container_name = ${named}`;
  return sql`(container_name = ${named} or container like ${`${named}%`})`;
}

/** Detections that tell an incident's story, in the order in which they happened, as far as the caller may see them. */
export async function detectionsOf(
  queries: Queries,
  { row: { id: incident }, concerned }: SeenIncident,
  view: View,
): Promise<readonly Detection[]> {
  const rows = await readForStory(queries, incident);
  if (concerned !== undefined)
    return storyOf(rows.map(({ detection }) => ({ ...detection, ...concernedWords(concerned) })));
  return storyOf(rows.filter(({ place }) => view === undefined || view(place)).map(({ detection }) => detection));
}

/** How it began, what came last, and what was stopped last: an incident may hold more than anybody reads. */
async function readForStory(queries: Queries, incident: number) {
  const all = queries
    .query(runtimeSchema)
    .selectFrom('detection')
    .select(['detection', 'place', 'time', 'sequence'])
    .where('incident', '=', incident);
  const newest = all.orderBy('time', 'desc').orderBy('sequence', 'desc');
  const read = [
    ...(await all.orderBy('time').orderBy('sequence').limit(mostFirst).execute()),
    ...(await newest.limit(mostLast).execute()),
    ...(await newest.where('outcome', '!=', 'observed').limit(mostStopped).execute()),
  ];
  const apart = [...new Map(read.map((row) => [row.sequence, row])).values()];
  return apart.toSorted((one, other) => one.time.getTime() - other.time.getTime() || compare(one, other));
}

function compare(one: { readonly sequence: unknown }, other: { readonly sequence: unknown }): number {
  return Number(one.sequence) - Number(other.sequence);
}

/** Detections that are read for one story. */
const mostFirst = 200;
const mostLast = 1_000;
const mostStopped = 500;
