import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import type { ApplicationSource } from '../application.ts';
import type { ContainerFact } from '../contract.ts';
import { reportedNow } from './reported-now.ts';
import { inventorySchema } from './schema.ts';

/** A container that runs now, paused and restarting ones among them. */
export interface RunningContainer {
  readonly id: string;
  readonly name: string;
  /** Missing: none. */
  readonly environment?: string;
  readonly application?: string;
  readonly applicationFrom?: ApplicationSource;
  readonly state: ContainerFact['state'];
  readonly labels: Readonly<Record<string, string>>;
}

/** A host that holds a subject, or runs a container of it. */
export interface Placement {
  readonly host: string;
  /** Id of the agent whose certificate reports for the host now, and that reported what lies here. */
  readonly agent: string;
  /** Of the host; its containers may stand in others. */
  readonly environment?: string;
  /** Environments that labels of containers may choose besides; missing: none. */
  readonly allowed?: readonly string[];
  /** Its agent is away: it may be otherwise by now. */
  readonly stale: boolean;
  /** As the host calls it: with tag, else with digest, else as containers were made from it. They prove nothing. */
  readonly names: readonly string[];
  readonly containers: readonly RunningContainer[];
}

/** Where a subject lies, by the name of the host. */
export async function placementsOf(queries: Queries, subject: SubjectId): Promise<readonly Placement[]> {
  return (await readPlacements(queries, [subject])).get(subject) ?? [];
}

/** Where subjects lie; those that lie nowhere are missing. */
export async function readPlacements(
  queries: Queries,
  subjects: readonly SubjectId[],
): Promise<ReadonlyMap<SubjectId, readonly Placement[]>> {
  const hosts = await readHostPlaces(queries);
  const holdings = Map.groupBy(await readHoldings(queries, subjects), ({ subject }) => subject);
  const containers = Map.groupBy(await readRunning(queries, subjects), ({ subject }) => subject);
  const placed = new Set([...holdings.keys(), ...containers.keys()]);
  return new Map(
    [...placed].map((subject) => [
      subject,
      placeOnHosts(hosts, holdings.get(subject) ?? [], containers.get(subject) ?? []),
    ]),
  );
}

type HostPlace = Pick<Placement, 'host' | 'agent' | 'environment' | 'allowed' | 'stale'>;

async function readHostPlaces(queries: Queries): Promise<readonly HostPlace[]> {
  const rows = await queries
    .query(inventorySchema)
    .selectFrom('host')
    .select(['name', 'agent', 'environment', 'allowed', 'stale'])
    .orderBy('name')
    .execute();
  return rows.map(({ name, agent, environment, allowed, stale }) => ({
    host: name,
    agent,
    ...(environment === null ? {} : { environment }),
    ...(allowed.length === 0 ? {} : { allowed }),
    stale,
  }));
}

interface Holding {
  readonly host: string;
  readonly subject: SubjectId;
  readonly names: readonly string[];
  readonly digests: readonly string[];
}

async function readHoldings(queries: Queries, subjects: readonly SubjectId[]): Promise<readonly Holding[]> {
  const { rows } = await sql<Holding>`
    select host, subject, names, repo_digests as digests from inventory.image
    where subject = any(${subjects}::text[]) and gone_at is null and ${reportedNow('image')}
    union all
    select host, subject, names, '{}' from inventory.other_subject
    where subject = any(${subjects}::text[]) and ${reportedNow('other_subject')}`.execute(
    queries.query(inventorySchema),
  );
  return rows;
}

async function readRunning(queries: Queries, subjects: readonly SubjectId[]) {
  const { rows } = await sql<{
    host: string;
    subject: SubjectId;
    id: string;
    name: string;
    image: string;
    environment: string | null;
    application: string | null;
    from: ApplicationSource | null;
    state: ContainerFact['state'];
    labels: Readonly<Record<string, string>>;
  }>`
    select host, subject, id, name, image_name as image, environment, application, application_from as from, state,
      labels
    from inventory.container where subject = any(${subjects}::text[]) and up and ${reportedNow('container')}
    order by host, name, id`.execute(queries.query(inventorySchema));
  return rows;
}

type RunningRow = Awaited<ReturnType<typeof readRunning>>[number];

function placeOnHosts(
  hosts: readonly HostPlace[],
  holdings: readonly Holding[],
  running: readonly RunningRow[],
): readonly Placement[] {
  return hosts.flatMap((place) => {
    const held = holdings.filter(({ host }) => host === place.host);
    const containers = running.filter(({ host }) => host === place.host);
    if (held.length === 0 && containers.length === 0) return [];
    return [{ ...place, names: namesOf(held, containers), containers: containers.map(toContainer) }];
  });
}

function namesOf(held: readonly Holding[], containers: readonly RunningRow[]): readonly string[] {
  const all = [
    held.flatMap(({ names }) => names),
    held.flatMap(({ digests }) => digests),
    containers.map(({ image }) => image),
  ];
  return [...new Set(all.find((names) => names.length > 0))].toSorted();
}

function toContainer({ id, name, environment, application, from, state, labels }: RunningRow): RunningContainer {
  return {
    id,
    name,
    ...(environment === null ? {} : { environment }),
    ...(application === null ? {} : { application }),
    ...(from === null ? {} : { applicationFrom: from }),
    state,
    labels,
  };
}
