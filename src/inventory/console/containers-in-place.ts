import { type RawBuilder, sql } from 'kysely';
import type { Selectable } from '#access/index.ts';
import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import type { ContainerFact } from '../contract.ts';
import { reportedNow } from './reported-now.ts';
import { inventorySchema } from './schema.ts';

/** A container, and what collections ask of it. */
export interface ContainerInPlace {
  readonly id: string;
  readonly name: string;
  /** As the container was made with. */
  readonly image: string;
  readonly subject?: SubjectId;
  /** Entrypoint and command, one word each; empty when the container was gone before it could be described. */
  readonly command: readonly string[];
  /** When it started last, by its engine; missing: not known. */
  readonly startedAt?: Date;
  readonly place: Selectable & { readonly host: string };
  /** When it came to its environment from another one; missing: it was never known elsewhere. */
  readonly since?: Date;
}

/** Containers of a host by their ids, ended ones too; those that are not known are missing. */
export async function readContainersOnHost(
  queries: Queries,
  host: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ContainerInPlace>> {
  const found = await read(queries, sql`container.host = ${host} and container.id = any(${ids}::text[])`);
  return new Map(found.map((container) => [container.id, container]));
}

/** Containers of a host that run or ran these subjects, by their ids; those that were forgotten are missing. */
export async function readContainersOfSubjects(
  queries: Queries,
  host: string,
  subjects: readonly SubjectId[],
): Promise<readonly ContainerInPlace[]> {
  return await read(queries, sql`container.host = ${host} and container.subject = any(${subjects}::text[])`);
}

/** Where a container stands, and whether it runs; its engine's word on it is long, and many ask for no more than this. */
export interface PlacedContainer {
  readonly place: ContainerInPlace['place'];
  readonly up: boolean;
  /** Of the image that it is made of; missing: not known. */
  readonly subject?: SubjectId;
}

/** Containers of a host by their ids, ended ones too, or of those the named ones; those that are not known are missing. */
export async function readPlacesOnHost(
  queries: Queries,
  host: string,
  ids?: readonly string[],
): Promise<ReadonlyMap<string, PlacedContainer>> {
  if (ids?.length === 0) return new Map();
  const among = ids === undefined ? sql`true` : sql`container.id = any(${ids}::text[])`;
  const { rows } = await sql<
    Placed & { readonly id: string; readonly up: boolean; readonly subject: SubjectId | null }
  >`
    select container.host, container.id, container.up, container.subject, container.image_name as image,
      coalesce(image.names, '{}') as names, container.environment, container.application, container.labels
    from inventory.container
    left join inventory.image on image.host = container.host and image.id = container.image
    where container.host = ${host} and ${among} and ${reportedNow('container')}`.execute(
    queries.query(inventorySchema),
  );
  return new Map(
    rows.map((row) => {
      const subject = row.subject === null ? {} : { subject: row.subject };
      return [row.id, { place: placeOf(row), up: row.up, ...subject }];
    }),
  );
}

/** What runs on a host now, paused and restarting containers among it. */
export async function readRunningOnHost(queries: Queries, host: string): Promise<readonly ContainerInPlace[]> {
  return await read(queries, sql`container.host = ${host} and container.up`);
}

/** What runs under a name, or with an id that begins so, on any host. */
export async function readRunningNamed(queries: Queries, name: string): Promise<readonly ContainerInPlace[]> {
  const isId = /^[0-9a-f]{6,64}$/.test(name);
  const byId = isId ? sql`or starts_with(container.id, ${name})` : sql``;
  return await read(queries, sql`container.up and (container.name = ${name} ${byId})`);
}

/** A container that runs, without what its engine says of its settings. */
export interface RunningContainer extends Pick<ContainerInPlace, 'id' | 'name' | 'image' | 'place'> {
  /** Whether its agent is away, or another one reports for its host now. */
  readonly stale: boolean;
  /** Agent that reports for its host now. */
  readonly agent: string;
  /** When its host told another state of it last. */
  readonly since: Date;
}

/** Where a container runs, as rules select it. */
export function whereRuns({ place }: Pick<RunningContainer, 'place'>): RunningContainer['place'] {
  return place;
}

/** Which containers run, on all hosts, or whether one does: no more of them than who they are. */
export async function readRunningKeys(
  queries: Queries,
  one?: { readonly host: string; readonly id: string },
): Promise<readonly { readonly host: string; readonly id: string }[]> {
  const among = one === undefined ? sql`true` : sql`container.host = ${one.host} and container.id = ${one.id}`;
  const { rows } = await sql<{ host: string; id: string }>`
    select container.host, container.id from inventory.container
    join inventory.host on host.name = container.host
    where container.up and ${among}`.execute(queries.query(inventorySchema));
  return rows;
}

/** What runs on these hosts, or, of that, the containers of these ids. */
export async function readRunningContainers(
  queries: Queries,
  { hosts, ids }: { readonly hosts: readonly string[]; readonly ids?: readonly string[] },
): Promise<readonly RunningContainer[]> {
  const among = ids === undefined ? sql`true` : sql`container.id = any(${ids}::text[])`;
  const { rows } = await sql<
    Omit<Row, 'fact' | 'subject' | 'since'> & Pick<RunningContainer, 'stale' | 'agent' | 'since'>
  >`
    select container.host, container.id, container.name, container.image_name as image,
      coalesce(image.names, '{}') as names, container.environment, container.application, container.labels,
      host.stale or host.agent <> container.reported_by as stale, host.agent,
      container.changed_at as since
    from inventory.container
    join inventory.host on host.name = container.host
    left join inventory.image on image.host = container.host and image.id = container.image
    where container.host = any(${hosts}::text[]) and container.up and ${among}
    order by container.host, container.id`.execute(queries.query(inventorySchema));
  return rows.map((row) => {
    const { id, name, image, stale, agent, since } = row;
    return { id, name, image, stale, agent, since, place: placeOf(row) };
  });
}

/** How many containers of each application run, by host. */
export async function countRunningOf(
  queries: Queries,
  applications: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const { rows } = await sql<{ application: string; host: string; containers: number }>`
    select application, host, count(*)::integer as containers from inventory.container
    where application = any(${applications}::text[]) and up and ${reportedNow('container')}
    group by application, host`.execute(queries.query(inventorySchema));
  return new Map(
    [...Map.groupBy(rows, ({ application }) => application)].map(([application, own]) => [
      application,
      new Map(own.map(({ host, containers }) => [host, containers])),
    ]),
  );
}

/** Which of the subjects a host told of: as an image, also one that is gone since, or as what a container runs. */
export async function subjectsKnownOnHost(
  queries: Queries,
  host: string,
  subjects: readonly SubjectId[],
): Promise<ReadonlySet<SubjectId>> {
  const { rows } = await sql<{ subject: SubjectId }>`
    select subject from inventory.image
    where host = ${host} and subject = any(${subjects}::text[]) and ${reportedNow('image')}
    union select subject from inventory.container
    where host = ${host} and subject = any(${subjects}::text[]) and ${reportedNow('container')}`.execute(
    queries.query(inventorySchema),
  );
  return new Set(rows.map(({ subject }) => subject));
}

interface Row {
  readonly host: string;
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly names: readonly string[];
  readonly subject: SubjectId | null;
  readonly environment: string | null;
  readonly since: Date | null;
  readonly application: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly fact: ContainerFact;
}

async function read(queries: Queries, wanted: RawBuilder<unknown>): Promise<readonly ContainerInPlace[]> {
  const { rows } = await sql<Row>`
    select container.host, container.id, container.name, container.image_name as image,
      coalesce(image.names, '{}') as names, container.subject, container.environment, container.environment_since as since,
      container.application, container.labels, container.fact
    from inventory.container
    left join inventory.image on image.host = container.host and image.id = container.image
    where ${wanted} and ${reportedNow('container')} order by container.id`.execute(queries.query(inventorySchema));
  return rows.map(toContainer);
}

function toContainer(row: Row): ContainerInPlace {
  const { id, name, image, subject, since, fact } = row;
  return {
    id,
    name,
    image,
    ...(subject === null ? {} : { subject }),
    command: fact.command,
    ...(fact.startedAt === undefined ? {} : { startedAt: new Date(fact.startedAt) }),
    ...(since === null ? {} : { since }),
    place: placeOf(row),
  };
}

type Placed = Pick<Row, 'host' | 'image' | 'names' | 'labels' | 'environment' | 'application'>;

function placeOf({ host, image, names, labels, environment, application }: Placed): ContainerInPlace['place'] {
  return {
    host,
    images: [...new Set([image, ...names])],
    labels,
    ...(environment === null ? {} : { environment }),
    ...(application === null ? {} : { application }),
  };
}
