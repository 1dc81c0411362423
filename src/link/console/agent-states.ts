import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { AgentState } from '../contract.ts';
import { linkSchema } from './schema.ts';

/** States of agents by id; those that there are none of are missing. */
export async function readAgentStates(
  queries: Queries,
  ids: readonly string[],
): Promise<ReadonlyMap<string, AgentState>> {
  if (ids.length === 0) return new Map();
  const rows = await queries
    .query(linkSchema)
    .selectFrom('agent')
    .select(['id', 'state'])
    .where(sql<string>`id::text`, '=', sql<string>`any(${[...ids]}::text[])`)
    .execute();
  return new Map(rows.map(({ id, state }) => [id, state]));
}
