import { sql } from 'kysely';
import { isInCollection } from '#access/index.ts';
import { readCollections } from '#access/console/index.ts';
import type { Collection } from '#access/contract.ts';
import type { SubjectId } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import type { Host } from '../contract.ts';
import { inventorySchema } from './schema.ts';

/** Where a host stands, and what its containers may choose. */
export interface HostEnvironment {
  readonly environment?: string;
  readonly from: Host['environmentFrom'];
  /** Environments that a container's label may choose. */
  readonly allowed: readonly string[];
}

interface Standing {
  readonly name: string;
  readonly agentEnvironment: string | undefined;
  readonly allowed: readonly string[];
}

/** A collection's environment comes before what the agent says; the first collection that holds the host decides. */
export async function environmentOfHost(transaction: Transaction, host: Standing): Promise<HostEnvironment> {
  const environment = chosenBy(await readCollections(transaction), host.name);
  if (environment !== undefined) return { environment, from: 'collection', allowed: [] };
  const { agentEnvironment, allowed } = host;
  if (agentEnvironment === undefined) return { from: 'nowhere', allowed };
  return { environment: agentEnvironment, from: 'agent', allowed };
}

function chosenBy(collections: readonly Collection[], host: string): string | undefined {
  return collections.find(
    (collection) =>
      collection.environment !== undefined && isInCollection(collection, { images: [], labels: {}, host }),
  )?.environment;
}

/** What the agent chose for a container by its label counts only where its host allows it. */
export function environmentOfContainer(host: HostEnvironment, own: string | undefined): string | undefined {
  return own !== undefined && host.allowed.includes(own) ? own : host.environment;
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
  const wanted = sql`case when own_environment = any(${allowed}::text[]) then own_environment else ${environment} end`;
  const { rows } = await sql<{ subject: SubjectId | null }>`
    update inventory.container set environment = ${wanted}
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
    with moved as (delete from inventory.used_file where host = ${host} and ${concerned} returning subject, file, last_seen)
    insert into inventory.used_file (host, subject, environment, file, last_seen)
    select ${host}, subject, ${target}, file, max(last_seen) from moved group by subject, file
    on conflict (subject, host, environment, file)
      do update set last_seen = greatest(used_file.last_seen, excluded.last_seen)`.execute(
    transaction.query(inventorySchema),
  );
}

/** Everything that lies or runs on a host. */
export async function subjectsOn(transaction: Transaction, host: string): Promise<readonly SubjectId[]> {
  const { rows } = await sql<{ subject: SubjectId }>`
    select subject from inventory.image where host = ${host} and gone_at is null and subject is not null
    union select subject from inventory.container where host = ${host} and up and subject is not null
    union select subject from inventory.other_subject where host = ${host}`.execute(transaction.query(inventorySchema));
  return rows.map(({ subject }) => subject);
}
