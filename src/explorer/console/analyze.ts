import { sql } from 'kysely';
import type { Store } from '#store/index.ts';
import { explorerSchema } from './schema.ts';

/**
 * Runs ANALYZE on the explorer's tables that changed a lot since PostgreSQL last did, so that its plans fit. PostgreSQL
 * does that by itself too, but only some minutes after a large change. One console at a time, and each table at most once
 * a minute.
 */
export async function analyzeChanged(store: Store): Promise<void> {
  await store.transaction(async (transaction) => {
    const database = transaction.query(explorerSchema);
    const now = await transaction.now();
    const { rows } = await sql<{ table: string }>`
      select relname as table from pg_stat_user_tables
      where schemaname = 'explorer' and n_mod_since_analyze > greatest(2000, n_live_tup / 5)
        and coalesce(greatest(last_analyze, last_autoanalyze), '-infinity') < ${now}::timestamptz - interval '1 minute'
        and pg_try_advisory_xact_lock(hashtextextended('explorer analyze', 1))`.execute(database);
    for (const { table } of rows) await sql`analyze ${sql.id('explorer', table)}`.execute(database);
  });
}
