import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Store, Transaction } from '#store/index.ts';
import { applicationKey } from './application-key.ts';
import { explorerSchema } from './schema.ts';
import { containing, storable } from './search.ts';

/** The name of an application as it was first written, whatever its case in a question; null where there is none. */
export function applicationNamed(name: string): RawBuilder<string | null> {
  return sql`(select name from explorer.application_name where key = ${applicationKey(name)})`;
}

/** Condition on `name`: of applications that a search finds. */
export function applicationSearched(search: string): RawBuilder<SqlBool> {
  return sql`name in (select name from explorer.application_name where key like ${containing(search)})`;
}

/** Lets go of names that nothing bears any more. */
export async function pruneNames(store: Store): Promise<void> {
  await store.transaction(async (transaction) => {
    const database = transaction.query(explorerSchema);
    // Who brings a name holds this table until it is borne.
    await sql`lock table explorer.application_name in share row exclusive mode`.execute(database);
    await sql`delete from explorer.application_name as kept
      where not exists (select from explorer.application_row as own where own.name = kept.name)
        and not exists (select from explorer.container_row as own where own.application = kept.name)`.execute(database);
  });
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
