import { isDeepStrictEqual } from 'node:util';
import type { Selectable } from 'kysely';
import { claimRefused, type ReportingAgent } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { environmentOfHost, type HostEnvironment, moveHost, subjectsOn } from './environments.ts';
import { announcePlaced, containersChanged, hostChanged } from './facts.ts';
import { inventorySchema, type InventoryTables } from './schema.ts';

/** A host as it is stored. */
export type HostRow = Selectable<InventoryTables['host']>;

/** Takes the host's lock, which whoever writes its rows holds, and reads it. */
export async function lockHost(transaction: Transaction, name: string): Promise<HostRow | undefined> {
  await transaction.lock(`host ${name}`);
  return await transaction
    .query(inventorySchema)
    .selectFrom('host')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirst();
}

/**
 * Locks the host that an agent speaks for, and gives its environment. One that was not known, has another agent or
 * another environment than before, or was away, is brought up to date first.
 */
export async function hostOf(
  transaction: Transaction,
  agent: ReportingAgent,
): Promise<{ readonly row: HostRow; readonly hostEnvironment: HostEnvironment }> {
  const known = (await lockHost(transaction, agent.name)) ?? (await addHost(transaction, agent));
  const said = {
    agent: agent.id,
    agent_environment: agent.environment ?? null,
    agent_environments: agent.environments,
    stale: false,
  };
  const row = { ...known, ...said };
  if (isDeepStrictEqual(row, known)) return { row: known, hostEnvironment: storedEnvironment(known) };
  // What the agent before held is held by nobody until this one has reported it.
  const left = known.agent === agent.id ? [] : await subjectsOn(transaction, known.name);
  const hostEnvironment = await settleHost(transaction, row);
  await announcePlaced(transaction, left);
  if (left.length > 0) await transaction.announce(containersChanged, { host: row.name });
  await transaction.announce(hostChanged, { host: row.name });
  return { row, hostEnvironment };
}

async function addHost(transaction: Transaction, agent: ReportingAgent): Promise<HostRow> {
  const row: HostRow = {
    name: agent.name,
    agent: agent.id,
    agent_environment: null,
    agent_environments: [],
    refused_collection: null,
    refused_environment: null,
    environment: null,
    environment_from: 'nowhere',
    allowed: [],
    // So that it is settled at once.
    stale: true,
    fact: null,
  };
  await transaction
    .query(inventorySchema)
    .insertInto('host')
    .values({ ...row, agent_environments: [], allowed: [], fact: null })
    .execute();
  return row;
}

function storedEnvironment({
  environment,
  environment_from: from,
  fact,
  agent_environments: all,
}: HostRow): HostEnvironment {
  const labels = from === 'collection' ? [] : (fact?.allowEnvironments ?? []);
  const allowed = labels.filter((name) => all.includes(name));
  return environment === null ? { from, allowed } : { environment, from, allowed };
}

/** Stores what an agent says of itself and works out the host's environment and those of its containers. Needs its lock. */
export async function settleHost(transaction: Transaction, row: HostRow): Promise<HostEnvironment> {
  const to = await environmentOfHost(transaction, {
    name: row.name,
    ...(row.agent_environment === null ? {} : { agentEnvironment: row.agent_environment }),
    environments: row.agent_environments,
    labels: row.fact?.allowEnvironments ?? [],
  });
  await announceRefused(transaction, row, to);
  await transaction
    .query(inventorySchema)
    .updateTable('host')
    .set({
      agent: row.agent,
      agent_environment: row.agent_environment,
      agent_environments: [...row.agent_environments],
      refused_collection: to.refused?.collection ?? null,
      refused_environment: to.refused?.environment ?? null,
      environment: to.environment ?? null,
      environment_from: to.from,
      allowed: [...to.allowed],
      stale: row.stale,
    })
    .where('name', '=', row.name)
    .execute();
  const moved = await moveHost(transaction, row.name, { from: row.environment ?? undefined, to });
  const mayStand = isDeepStrictEqual(row.allowed, to.allowed) ? [] : await subjectsOn(transaction, row.name);
  await announcePlaced(transaction, [...moved, ...mayStand]);
  return to;
}

/** Once for each environment that a collection asks for in vain. */
async function announceRefused(transaction: Transaction, row: HostRow, { refused }: HostEnvironment): Promise<void> {
  if (refused === undefined || refused.environment === row.refused_environment) return;
  const { collection, environment } = refused;
  const reason = `The collection ${collection} asks for ${environment}; the join token of the host does not allow it.`;
  await transaction.announce(claimRefused, { host: row.name, reason });
}
