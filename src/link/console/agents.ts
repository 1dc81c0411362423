import { type Selectable, sql } from 'kysely';
import type { Queries, Transaction } from '#store/index.ts';
import type { Agent, AgentState } from '../contract.ts';
import { agentChanged, endedChannel } from './facts.ts';
import { type LinkTables, linkSchema } from './schema.ts';

/** One agent as it is stored. */
export type AgentRow = Selectable<LinkTables['agent']>;

/** All agents: those at work first, by name, then the newest. */
export async function readAgents(queries: Queries): Promise<readonly Agent[]> {
  const rows = await queries
    .query(linkSchema)
    .selectFrom('agent')
    .selectAll()
    .orderBy((is) => is.eb('state', 'in', ['live', 'silent']), 'desc')
    .orderBy('name')
    .orderBy('joined_at', 'desc')
    .execute();
  return rows.map(toAgent);
}

/** The agent that speaks for a host by this name, or the last one that did. */
export async function readAgent(queries: Queries, name: string): Promise<Agent | undefined> {
  const row = await queries
    .query(linkSchema)
    .selectFrom('agent')
    .selectAll()
    .where('name', '=', name)
    .orderBy((is) => is.eb('state', 'in', ['live', 'silent']), 'desc')
    .orderBy('joined_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : toAgent(row);
}

/** What another domain kept as an agent's id need not be one. */
const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** How many agents stand how. */
export async function countAgents(queries: Queries): Promise<Readonly<Record<AgentState, number>>> {
  const rows = await queries
    .query(linkSchema)
    .selectFrom('agent')
    .select(['state', sql<number>`count(*)::int`.as('count')])
    .groupBy('state')
    .execute();
  const none = { live: 0, silent: 0, revoked: 0, replaced: 0 };
  return { ...none, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) };
}

/** How agents stand, by their ids; those that do not exist any more are missing. */
export async function readAgentStates(
  queries: Queries,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AgentState>> {
  const rows = await queries
    .query(linkSchema)
    .selectFrom('agent')
    .select(['id', 'state'])
    .where('id', '=', sql<string>`any(${ids.filter((id) => uuidForm.test(id))}::uuid[])`)
    .execute();
  return new Map(rows.map(({ id, state }) => [id, state]));
}

/** `pier-1`, or `pier-1/blue`. */
export function agentName({ host, instance }: { readonly host: string; readonly instance: string }): string {
  return instance === 'default' ? host : `${host}/${instance}`;
}

/** Held by whatever changes an agent: batches, revocation, a certificate. */
export async function lockAgent(transaction: Transaction, id: string): Promise<AgentRow | undefined> {
  await transaction.lock(`link agent ${id}`);
  return transaction.query(linkSchema).selectFrom('agent').selectAll().where('id', '=', id).executeTakeFirst();
}

/** From the commit on nothing of it is accepted, and its connections end on every console. */
export async function endAgent(
  transaction: Transaction,
  agent: AgentRow,
  state: 'revoked' | 'replaced',
): Promise<void> {
  await transaction.query(linkSchema).updateTable('agent').set({ state }).where('id', '=', agent.id).execute();
  const { fingerprint, next_fingerprint: next, previous_fingerprint: previous } = agent;
  const fingerprints = [fingerprint, next, previous].filter((one) => one !== null);
  await transaction.notify(endedChannel, { fingerprints });
  await transaction.announce(agentChanged, { agent: agent.id, host: agent.name });
}

function toAgent(row: AgentRow): Agent {
  const { refused, refused_at: at, refused_reason: reason } = row;
  return {
    id: row.id,
    name: row.name,
    host: row.host,
    instance: row.instance,
    version: row.version,
    ...(row.environment === null ? {} : { environment: row.environment }),
    environments: row.environments,
    ...(row.asked_environment === null ? {} : { asksFor: row.asked_environment }),
    state: row.state,
    joinedAt: row.joined_at.toISOString(),
    joinToken: row.join_token,
    ...(row.seen_at === null ? {} : { seenAt: row.seen_at.toISOString() }),
    ...(row.clock_offset === null ? {} : { clockOffset: row.clock_offset }),
    certificate: { fingerprint: row.fingerprint, notAfter: row.not_after.toISOString() },
    lost: row.lost,
    ...(row.gap === null ? {} : { gap: { facts: row.gap_facts, newest: row.gap } }),
    ...(at === null || reason === null ? {} : { refused: { facts: refused, at: at.toISOString(), reason } }),
  };
}
