import { sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { GateFact, RoguesFact } from '../contract.ts';
import { gateSchema } from './schema.ts';

/** What a host reported of its gates, and of what runs past them. */
export interface GateState {
  readonly gate: GateFact;
  readonly reportedAt: Date;
  /** Missing: its sweep has reported nothing yet. */
  readonly rogues?: RoguesFact['rogues'];
}

/** Of these hosts, by their names; those that reported no gate are missing. */
export async function readGateStates(
  queries: Queries,
  hosts: readonly string[],
): Promise<ReadonlyMap<string, GateState>> {
  const rows = await queries
    .query(gateSchema)
    .selectFrom('gate')
    .leftJoin('rogue', 'rogue.host', 'gate.host')
    .select(['gate.host', 'gate.fact', 'gate.told_at', 'rogue.rogues'])
    .where('gate.host', '=', sql<string>`any(${hosts}::text[])`)
    .execute();
  return new Map(
    rows.map(({ host, fact: gate, told_at: reportedAt, rogues }) => [
      host,
      { gate, reportedAt, ...(rogues !== null && { rogues }) },
    ]),
  );
}
