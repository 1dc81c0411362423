import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import { readAgents } from '#link/console/index.ts';
import type { Agent } from '#link/contract.ts';
import type { Queries } from '#store/index.ts';
import type { Host } from '../contract.ts';
import type { HostRow } from './host-environment.ts';
import { reportedNow } from './reported-now.ts';
import { inventorySchema } from './schema.ts';

/** Names of all hosts that ever told something. */
export async function readHostNames(queries: Queries): Promise<readonly string[]> {
  const rows = await queries.query(inventorySchema).selectFrom('host').select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}

/** Every subject that lies or runs on a host. */
export async function placedSubjects(queries: Queries): Promise<readonly SubjectId[]> {
  const { rows } = await sql<{ subject: SubjectId }>`
    select subject from inventory.image where gone_at is null and subject is not null and ${reportedNow('image')}
    union select subject from inventory.container where up and subject is not null and ${reportedNow('container')}
    union select subject from inventory.other_subject where ${reportedNow('other_subject')}
    order by subject`.execute(queries.query(inventorySchema));
  return rows.map(({ subject }) => subject);
}

/** What of a host is shown beside its name. */
export interface HostState {
  /** Missing: none. */
  readonly environment?: string;
  readonly environmentFrom: Host['environmentFrom'];
  readonly stale: boolean;
  /** What could not be scanned there, with a code of the error catalogue. */
  readonly unscanned: readonly { readonly name: string; readonly code: string; readonly reason: string }[];
}

/** `undefined` when no agent of this name ever told something. */
export async function readHostState(queries: Queries, host: string): Promise<HostState | undefined> {
  const database = queries.query(inventorySchema);
  const row = await database
    .selectFrom('host')
    .select(['environment', 'environment_from', 'stale'])
    .where('name', '=', host)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const unscanned = await database
    .selectFrom('unscanned')
    .select(['name', 'code', 'reason'])
    .where('host', '=', host)
    .orderBy('name')
    .orderBy('target')
    .execute();
  const { environment, environment_from: environmentFrom, stale } = row;
  return { ...(environment === null ? {} : { environment }), environmentFrom, stale, unscanned };
}

/** What collections ask of a host. */
export interface ListedHost {
  readonly name: string;
  readonly environment?: string;
}

/** Names of all hosts, in order: those that told something, and those whose agent has only joined. */
export async function readListedHosts(queries: Queries): Promise<readonly ListedHost[]> {
  const rows = await queries.query(inventorySchema).selectFrom('host').select(['name', 'environment']).execute();
  const joined = (await readAgents(queries)).filter(isSpeaking).map(({ name, environment }) => ({ name, environment }));
  const known = rows.map(({ name, environment }) => ({ name, environment: environment ?? undefined }));
  const byName = new Map([...joined, ...known].map((host) => [host.name, host]));
  return [...byName.values()]
    .map(({ name, environment }) => (environment === undefined ? { name } : { name, environment }))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

/** These hosts, in this order. */
export async function readHosts(queries: Queries, names: readonly string[]): Promise<readonly Host[]> {
  const wanted = sql<string>`any(${names}::text[])`;
  const rows = await queries.query(inventorySchema).selectFrom('host').selectAll().where('name', '=', wanted).execute();
  const hosts = new Map(rows.map((row) => [row.name, row]));
  const agents = Map.groupBy(await readAgents(queries), ({ name }) => name);
  const counts = await readCounts(queries, names);
  return names.flatMap((name) => {
    const row = hosts.get(name);
    const agent = agents.get(name)?.[0];
    if (row !== undefined) return [toHost(row, agent, counts.get(name))];
    return agent === undefined ? [] : [newHost(agent)];
  });
}

/** Whether what the agent told is still kept true. */
export function isLive(agent: Pick<Agent, 'state'> | undefined): boolean {
  return agent?.state === 'live';
}

function isSpeaking({ state }: Agent): boolean {
  return state === 'live' || state === 'silent';
}

async function readCounts(queries: Queries, names: readonly string[]): Promise<ReadonlyMap<string, Host['counts']>> {
  const { rows } = await sql<{ host: string } & Host['counts']>`
    select name as host,
      (select count(*) from inventory.image where image.host = known.name and gone_at is null) as images,
      (select count(*) from inventory.container where container.host = known.name and up) as running,
      (select count(*) from inventory.container where container.host = known.name and state <> 'removed') as containers,
      (select count(*) from inventory.unscanned where unscanned.host = known.name) as unscanned
    from inventory.host as known where name = any(${names}::text[])`.execute(queries.query(inventorySchema));
  return new Map(rows.map(({ host, ...counts }) => [host, counts]));
}

const nothing: Host['counts'] = { images: 0, running: 0, containers: 0, unscanned: 0 };

function toHost(row: HostRow, agent: Agent | undefined, counts: Host['counts'] | undefined): Host {
  return {
    name: row.name,
    ...(row.environment === null ? {} : { environment: row.environment }),
    environmentFrom: row.environment_from,
    ...refusedOf(row),
    agent: agentOf(agent),
    stale: row.stale || !isLive(agent),
    ...(row.fact === null ? {} : { facts: row.fact }),
    counts: counts ?? nothing,
  };
}

function refusedOf({ refused_collection: collection, refused_environment: environment }: HostRow): Partial<Host> {
  return collection === null || environment === null ? {} : { refusedCollection: { collection, environment } };
}

function newHost(agent: Agent): Host {
  const { name, environment } = agent;
  return {
    name,
    ...(environment === undefined ? {} : { environment }),
    environmentFrom: environment === undefined ? 'nowhere' : 'agent',
    agent: agentOf(agent),
    stale: !isLive(agent),
    counts: nothing,
  };
}

function agentOf(agent: Agent | undefined): Host['agent'] {
  if (agent === undefined) return { state: 'revoked', version: '' };
  const { state, version, seenAt } = agent;
  return { state, version, ...(seenAt === undefined ? {} : { seenAt }) };
}
