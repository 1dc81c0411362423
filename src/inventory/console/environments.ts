import { sql } from 'kysely';
import { isInCollection } from '#access/index.ts';
import { readCollections } from '#access/console/index.ts';
import type { Collection } from '#access/contract.ts';
import type { SubjectId } from '#base/index.ts';
import { unassigned } from '#link/contract.ts';
import type { Transaction } from '#store/index.ts';
import type { Host } from '../contract.ts';
import { reportedNow } from './reported-now.ts';
import { inventorySchema } from './schema.ts';

/** Where a host stands, and what its containers may choose. */
export interface HostEnvironment {
  readonly environment?: string;
  readonly from: Host['environmentFrom'];
  /** Environments that a container's label may choose. */
  readonly allowed: readonly string[];
  /** The collection that asks for an environment which the join token does not allow: it changes nothing. */
  readonly refused?: { readonly collection: string; readonly environment: string };
}

/** What decides the environment of a host. */
export interface Claims {
  /** Of the agent; missing: none. */
  readonly agentEnvironment?: string;
  /** All that its join token allows. */
  readonly environments: readonly string[];
  /** Environments that the agent says labels may choose. */
  readonly labels: readonly string[];
  /** The first collection with an environment that holds the host. */
  readonly collection?: { readonly name: string; readonly environment: string };
}

/** Works out where a host is, from what is stored of it and the collections. */
export async function environmentOfHost(
  transaction: Transaction,
  { name, ...claims }: Omit<Claims, 'collection'> & { readonly name: string },
): Promise<HostEnvironment> {
  const collection = chosenBy(await readCollections(transaction), name);
  return hostEnvironment({ ...claims, ...(collection === undefined ? {} : { collection }) });
}

/** A collection's environment comes before the agent's; neither it nor a label goes beyond what the join token allows. */
export function hostEnvironment({ agentEnvironment, environments, labels, collection }: Claims): HostEnvironment {
  if (collection !== undefined && environments.includes(collection.environment))
    return { ...named(collection.environment), from: 'collection', allowed: [] };
  const allowed = labels.filter((name) => environments.includes(name));
  const refused =
    collection === undefined ? {} : { refused: { collection: collection.name, environment: collection.environment } };
  if (agentEnvironment === undefined) return { from: 'nowhere', allowed, ...refused };
  return { environment: agentEnvironment, from: 'agent', allowed, ...refused };
}

function chosenBy(collections: readonly Collection[], host: string): Claims['collection'] {
  for (const collection of collections) {
    const { name, environment } = collection;
    if (environment !== undefined && isInCollection(collection, { images: [], labels: {}, host }))
      return { name, environment };
  }
  return undefined;
}

/** What the agent chose for a container by its label counts only where its host allows it. */
export function environmentOfContainer(host: HostEnvironment, own: string | undefined): string | undefined {
  return own !== undefined && host.allowed.includes(own) ? named(own).environment : host.environment;
}

function named(environment: string): { readonly environment?: string } {
  return environment === unassigned ? {} : { environment };
}

/** Brings containers and used files of a host to its environment. Gives the subjects that stand elsewhere now. */
export async function moveHost(
  transaction: Transaction,
  host: string,
  change: { readonly from: string | undefined; readonly to: HostEnvironment },
): Promise<readonly SubjectId[]> {
  const { from, to } = change;
  const moved = await moveContainers(transaction, host, to);
  if (from === to.environment) return moved;
  await moveUsedFiles(transaction, host, { from: from ?? '', to });
  return [...new Set([...moved, ...(await subjectsOn(transaction, host))])];
}

async function moveContainers(
  transaction: Transaction,
  host: string,
  { environment = null, allowed }: { readonly environment?: string | null; readonly allowed: readonly string[] },
): Promise<readonly SubjectId[]> {
  const wanted = sql`case when own_environment = any(${allowed}::text[]) then nullif(own_environment, ${unassigned}) else ${environment} end`;
  const { rows } = await sql<{ subject: SubjectId | null }>`
    update inventory.container set environment = ${wanted}, environment_since = ${await transaction.now()}
    where host = ${host} and environment is distinct from ${wanted}
    returning subject`.execute(transaction.query(inventorySchema));
  return [...new Set(rows.flatMap(({ subject }) => (subject === null ? [] : [subject])))];
}

/** Those of a label's environment stay there, unless a collection decides for the whole host. */
async function moveUsedFiles(
  transaction: Transaction,
  host: string,
  { from, to }: { readonly from: string; readonly to: HostEnvironment },
): Promise<void> {
  const target = to.environment ?? '';
  const concerned = to.from === 'collection' ? sql`environment <> ${target}` : sql`environment = ${from}`;
  await sql`
    with moved as (delete from inventory.used_file where host = ${host} and ${concerned} returning subject, file, last_seen, reported_by),
    speaker as (select agent from inventory.host where name = ${host})
    insert into inventory.used_file as known (host, subject, environment, file, last_seen, reported_by)
    select ${host}, subject, ${target}, file, max(last_seen),
      case when bool_or(reported_by = agent) then min(agent) else min(reported_by) end
    from moved, speaker group by subject, file
    on conflict (subject, host, environment, file) do update set
      last_seen = greatest(known.last_seen, excluded.last_seen),
      reported_by = case when excluded.reported_by = (select agent from speaker)
        then excluded.reported_by else known.reported_by end`.execute(transaction.query(inventorySchema));
}

/** Everything that lies or runs on a host, as its present agent reported it. */
export async function subjectsOn(transaction: Transaction, host: string): Promise<readonly SubjectId[]> {
  const { rows } = await sql<{ subject: SubjectId }>`
    select subject from inventory.image
    where host = ${host} and gone_at is null and subject is not null and ${reportedNow('image')}
    union select subject from inventory.container
    where host = ${host} and up and subject is not null and ${reportedNow('container')}
    union select subject from inventory.other_subject where host = ${host} and ${reportedNow('other_subject')}`.execute(
    transaction.query(inventorySchema),
  );
  return rows.map(({ subject }) => subject);
}
