import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import { explorerSchema } from './schema.ts';
import { storable } from './search.ts';

/** What spellings of one application's name have in common. */
export function applicationKey(name: string): string {
  return storable(name).toLowerCase();
}

/** The name of an application as it was first written, whatever its case in a question; null where there is none. */
export function applicationNamed(name: string): RawBuilder<string | null> {
  return sql`(select name from explorer.application_name where key = ${applicationKey(name)})`;
}

/** Names as they were first written, by key. What nobody wrote before is kept as it is written now. */
export async function firstWritten(
  transaction: Transaction,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map<string, string>();
  for (const name of names) if (!wanted.has(applicationKey(name))) wanted.set(applicationKey(name), storable(name));
  if (wanted.size === 0) return wanted;
  const database = transaction.query(explorerSchema);
  // In the order of their keys, so that no two writers wait for each other.
  const rows = [...wanted].map(([key, name]) => ({ key, name })).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  await database
    .insertInto('application_name')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const known = await database
    .selectFrom('application_name')
    .selectAll()
    .where('key', '=', sql<string>`any(${[...wanted.keys()]}::text[])`)
    .execute();
  return new Map(known.map(({ key, name }) => [key, name]));
}
