import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { ModelState, SensorFact } from '../contract.ts';
import { runtimeSchema } from './schema.ts';

/** The model that speaks for a running container. */
export interface ContainerModel {
  readonly host: string;
  readonly container: string;
  readonly state: ModelState;
  readonly partial: boolean;
  readonly version: number;
}

/** Of what runs on these hosts; containers without a model are missing. */
export async function readContainerModels(
  queries: Queries,
  hosts: readonly string[],
): Promise<readonly ContainerModel[]> {
  return await queries
    .query(runtimeSchema)
    .selectFrom('running')
    .innerJoin('model', 'model.id', 'running.model')
    .select(['running.host', 'running.container', 'model.state', 'model.partial', 'model.version'])
    .where('running.host', '=', sql<string>`any(${hosts}::text[])`)
    .execute();
}

/** Where containers of these models run. */
export async function readHostsOfModels(queries: Queries, models: readonly string[]): Promise<readonly string[]> {
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('running')
    .select('host')
    .distinct()
    .where('model', '=', sql<string>`any(${models}::text[])`)
    .execute();
  return rows.map(({ host }) => host);
}

/** Hosts that these incidents are about. */
export async function readHostsOfIncidents(queries: Queries, incidents: readonly number[]): Promise<readonly string[]> {
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('incident')
    .select('host')
    .distinct()
    .where('id', '=', sql<number>`any(${incidents}::bigint[])`)
    .execute();
  return rows.map(({ host }) => host);
}

/** What hosts reported of their sensors, by their names; those that reported none are missing. */
export async function readSensorStates(
  queries: Queries,
  hosts: readonly string[],
): Promise<ReadonlyMap<string, SensorFact>> {
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('sensor')
    .select(['host', 'fact'])
    .where('host', '=', sql<string>`any(${hosts}::text[])`)
    .execute();
  return new Map(rows.map(({ host, fact }) => [host, fact]));
}

/** An incident that nobody has dealt with. */
export interface OpenIncident {
  readonly id: number;
  readonly host: string;
  /** Empty: of the whole host. */
  readonly container: string;
  readonly title: string;
  /** What objected, in the order of the first objections. */
  readonly detectors: readonly string[];
}

/** Incidents and detections that one look goes through. */
const mostIncidents = 2000;
const mostDetections = 10_000;

/** Open incidents that detections of these hosts raised, the newest first. */
export async function readOpenIncidents(queries: Queries, hosts: readonly string[]): Promise<readonly OpenIncident[]> {
  const database = queries.query(runtimeSchema);
  const incidents = await database
    .selectFrom('incident')
    .select(['id', 'host', 'container', 'title'])
    .where('state', '=', 'open')
    .where('topic', 'is', null)
    .where('host', '=', sql<string>`any(${hosts}::text[])`)
    .orderBy('last_at', 'desc')
    .limit(mostIncidents)
    .execute();
  if (incidents.length === 0) return [];
  const detections = await database
    .selectFrom('detection')
    .select(['incident', 'detection'])
    .where('incident', '=', sql<number>`any(${incidents.map(({ id }) => id)}::bigint[])`)
    .orderBy('sequence')
    .limit(mostDetections)
    .execute();
  const objecting = Map.groupBy(detections, ({ incident }) => incident);
  return incidents.map((incident) => {
    const own = objecting.get(incident.id) ?? [];
    return { ...incident, detectors: [...new Set(own.map(({ detection }) => detection.detector))] };
  });
}
