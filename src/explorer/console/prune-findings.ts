import { sql } from 'kysely';
import type { Store, Transaction } from '#store/index.ts';
import type { RefreshContext } from './refresh.ts';
import { explorerSchema } from './schema.ts';

/** Findings that one step looks at. */
const stepRows = 5_000;

/**
 * Lets go of findings that no image holds any more, and of old days. Some at a time: while it looks, no refresh may come
 * to need one of them. Where one is under way it gives up; the next time comes.
 */
export async function pruneFindings({ store, clock }: RefreshContext): Promise<void> {
  const twoDaysAgo = new Date(clock().getTime() - 2 * 24 * 60 * 60_000).toISOString().slice(0, 10);
  await store.query(explorerSchema).deleteFrom('finding_day').where('day', '<', twoDaysAgo).execute();
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const last = await pruneAfter(store, after);
    if (last === undefined) return;
    after = last;
  }
}

async function pruneAfter(store: Store, after: string): Promise<string | undefined> {
  try {
    return await store.transaction(async (transaction) => await pruneStep(transaction, after));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === lockNotAvailable) return undefined;
    throw error;
  }
}

const lockNotAvailable = '55P03';

/** The last key that was looked at; `undefined` when there was none. What an image holds is in a sum, or noted for one. */
async function pruneStep(transaction: Transaction, after: string): Promise<string | undefined> {
  const database = transaction.query(explorerSchema);
  await sql`set local lock_timeout = '500ms'`.execute(database);
  await sql`lock table explorer.finding in share row exclusive mode`.execute(database);
  const { rows } = await sql<{ last: string | null }>`
    with looked as materialized (
      select key, vulnerability from explorer.finding where key > ${after}::uuid order by key limit ${stepRows}),
    gone as (
      delete from explorer.finding using looked where finding.key = looked.key
        and not exists (
          select from explorer.vulnerability_finding as held where held.vulnerability = looked.vulnerability and held.key = looked.key)
        and not exists (
          select from explorer.vulnerability_delta as noted where noted.vulnerability = looked.vulnerability and noted.key = looked.key))
    select (select key from looked order by key desc limit 1) as last`.execute(database);
  return rows[0]?.last ?? undefined;
}
