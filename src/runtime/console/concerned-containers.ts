import { sql } from 'kysely';
import type { View } from '#inventory/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { Detection } from '../contract.ts';
import { incidentTitle } from '../incident.ts';
import { type Place, runtimeSchema } from './schema.ts';

/** A container that an incident of its whole host is about. */
export interface Concerned {
  readonly container: string;
  readonly name: string;
  readonly place: Place;
  /** Why it is not protected. */
  readonly reason: string;
}

/** Containers of an incident of a whole host that a reader may see. */
export interface ConcernedSeen {
  readonly count: number;
  /** Whether the reader may see all that it is about. */
  readonly isAll: boolean;
  /** Names of the first ones. */
  readonly names: readonly string[];
  /** Of the first one. */
  readonly reason: string;
}

/** Containers that an incident names. */
const named = 5;
/** Incidents whose containers are read at once. */
const incidentsAtOnce = 10;

/** What an incident of a whole host says to a reader: of nothing but the containers that he may see. */
export function concernedWords({ count, names, reason }: ConcernedSeen): Pick<Detection, 'message' | 'seen'> {
  const lack =
    count === 1
      ? '1 container is not protected as its rule asks.'
      : `${count} containers are not protected as their rules ask.`;
  const more = count > names.length ? ` and ${count - names.length} more` : '';
  return {
    message: `${lack} ${reason}`.slice(0, 2000),
    seen: `${names.join(', ')}${more}: ${reason}`.slice(0, 2000),
  };
}

/** Title of the incident of a host for who sees these of its containers. */
export function concernedTitle(host: string, seen: ConcernedSeen): string {
  return incidentTitle(host, concernedWords(seen).message);
}

/** What somebody who may see everything sees of them. */
export function allSeen(concerned: readonly Concerned[]): ConcernedSeen {
  return concerned.reduce((seen, one) => withOne(seen, one, undefined), noneSeen);
}

/** Keeps which containers an incident is about now. Gives whether others were kept before. */
export async function keepConcerned(
  transaction: Transaction,
  incident: number,
  concerned: readonly Concerned[],
): Promise<boolean> {
  const database = transaction.query(runtimeSchema);
  const before = await database
    .selectFrom('concerned')
    .select(['container', 'name', 'place', 'reason'])
    .where('incident', '=', incident)
    .execute();
  if (textOf(before) === textOf(concerned)) return false;
  await database.deleteFrom('concerned').where('incident', '=', incident).execute();
  await sql`
    insert into runtime.concerned (incident, container, name, place, reason)
    select ${incident}, container, name, place::json, reason from unnest(
      ${concerned.map(({ container }) => container)}::text[], ${concerned.map(({ name }) => name)}::text[],
      ${concerned.map(({ place }) => JSON.stringify(place))}::text[], ${concerned.map(({ reason }) => reason)}::text[]
    ) as one (container, name, place, reason)`.execute(database);
  return true;
}

function textOf(concerned: readonly Concerned[]): string {
  const texts = concerned.map(({ container, name, place, reason }) => JSON.stringify([container, name, place, reason]));
  return texts.toSorted().join('\n');
}

/** What a reader may see of those among these incidents that are of a whole host; the others are missing. */
export async function readConcerned(
  queries: Queries,
  incidents: readonly number[],
  view: View,
): Promise<ReadonlyMap<number, ConcernedSeen>> {
  const found = new Map<number, ConcernedSeen>();
  for (let at = 0; at < incidents.length; at += incidentsAtOnce) {
    const rows = await queries
      .query(runtimeSchema)
      .selectFrom('concerned')
      .select(['incident', 'container', 'name', 'place', 'reason'])
      .where('incident', '=', sql<number>`any(${incidents.slice(at, at + incidentsAtOnce)}::int[])`)
      .orderBy('incident')
      .orderBy('name')
      .orderBy('container')
      .execute();
    for (const { incident, ...one } of rows) found.set(incident, withOne(found.get(incident) ?? noneSeen, one, view));
  }
  return found;
}

const noneSeen: ConcernedSeen = { count: 0, isAll: true, names: [], reason: '' };

function withOne(seen: ConcernedSeen, { name, reason, place }: Concerned, view: View): ConcernedSeen {
  if (view !== undefined && !view(place)) return { ...seen, isAll: false };
  return {
    count: seen.count + 1,
    isAll: seen.isAll,
    names: seen.names.length < named ? [...seen.names, name] : seen.names,
    reason: seen.count === 0 ? reason : seen.reason,
  };
}
