import { isDeepStrictEqual } from 'node:util';
import type { Selectable } from 'kysely';
import type { ReportingAgent } from '#link/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { environmentOfHost, type HostEnvironment, moveHost, subjectsOn } from './environments.ts';
import { announcePlaced, hostChanged } from './facts.ts';
import { type InventoryTables, inventorySchema } from './schema.ts';

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
 * Locks the host that an agent speaks for, and gives where it stands. One that was not known, has another agent or
 * another environment than before, or was away, is brought up to date first.
 */
export async function hostOf(
  transaction: Transaction,
  agent: ReportingAgent,
): Promise<{ readonly row: HostRow; readonly standing: HostEnvironment }> {
  const known = (await lockHost(transaction, agent.name)) ?? (await addHost(transaction, agent));
  const told = { agent: agent.id, agent_environment: agent.environment ?? null, stale: false };
  if (known.agent === told.agent && known.agent_environment === told.agent_environment && !known.stale)
    return { row: known, standing: standingOf(known) };
  const row = { ...known, ...told };
  const standing = await settleHost(transaction, row);
  await transaction.announce(hostChanged, { host: row.name });
  return { row, standing };
}

async function addHost(transaction: Transaction, agent: ReportingAgent): Promise<HostRow> {
  const row: HostRow = {
    name: agent.name,
    agent: agent.id,
    agent_environment: null,
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
    .values({ ...row, allowed: [], fact: null })
    .execute();
  return row;
}

function standingOf({ environment, environment_from: from, fact }: HostRow): HostEnvironment {
  const allowed = from === 'collection' ? [] : (fact?.allowEnvironments ?? []);
  return environment === null ? { from, allowed } : { environment, from, allowed };
}

/** Stores what an agent says of itself and works out where the host and its containers stand now. Needs the host's lock. */
export async function settleHost(transaction: Transaction, row: HostRow): Promise<HostEnvironment> {
  const to = await environmentOfHost(transaction, {
    name: row.name,
    agentEnvironment: row.agent_environment ?? undefined,
    allowed: row.fact?.allowEnvironments ?? [],
  });
  await transaction
    .query(inventorySchema)
    .updateTable('host')
    .set({
      agent: row.agent,
      agent_environment: row.agent_environment,
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
