import type { SubjectId } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import type { Host } from '../contract.ts';
import { inventorySchema } from './schema.ts';

/** Where a subject lies: a host, and the names it has there. */
export interface Presence {
  readonly host: string;
  readonly subject: SubjectId;
  readonly names: readonly string[];
}

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

/** The hosts that hold a subject now, by name. */
export async function hostsOfSubject(queries: Queries, subject: SubjectId): Promise<readonly Presence[]> {
  return await queries
    .query(inventorySchema)
    .selectFrom('presence')
    .selectAll()
    .where('subject', '=', subject)
    .orderBy('host')
    .execute();
}

/** What a host holds now, by subject. */
export async function subjectsOfHost(queries: Queries, host: string): Promise<readonly Presence[]> {
  return await queries
    .query(inventorySchema)
    .selectFrom('presence')
    .selectAll()
    .where('host', '=', host)
    .orderBy('subject')
    .execute();
}
