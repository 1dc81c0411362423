import type { Queries } from '#store/index.ts';
import type { Host } from '../contract.ts';
import { inventorySchema } from './schema.ts';

/** All hosts with their newest report, by name. */
export async function readHosts(queries: Queries): Promise<readonly Host[]> {
  const rows = await queries.query(inventorySchema).selectFrom('host').selectAll().orderBy('name').execute();
  return rows.map((row) => ({ ...row.report, seenAt: row.seen_at.toISOString() }));
}

export async function readHost(queries: Queries, name: string): Promise<Host | undefined> {
  const row = await queries
    .query(inventorySchema)
    .selectFrom('host')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row.report, seenAt: row.seen_at.toISOString() };
}
