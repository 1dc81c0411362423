import { sql } from 'kysely';
import { messageOf, oneLine } from '#base/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { ledgerTroubleChanged } from './facts.ts';
import type { Dependencies } from './dependencies.ts';
import { admissionSchema } from './schema.ts';

/** Why the ledger of a host cannot be made, and since when. */
export interface LedgerTrouble {
  readonly since: string;
  readonly reason: string;
}

/** Notes whose ledgers could not be made, for the page and so that they are tried again. */
export async function noteTroubles(
  { store, clock }: Pick<Dependencies, 'store' | 'clock'>,
  failed: ReadonlyMap<string, unknown>,
): Promise<void> {
  if (failed.size === 0) return;
  const now = clock();
  const rows = [...failed].map(([host, error]) => ({ host, since: now, reason: oneLine(messageOf(error), 1000) }));
  await store.transaction(async (transaction) => {
    const fresh = await transaction
      .query(admissionSchema)
      .insertInto('ledger_trouble')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .column('host')
          .doUpdateSet({ reason: sql.ref('excluded.reason') })
          .where('ledger_trouble.reason', '!=', sql<string>`excluded.reason`),
      )
      .returning('host')
      .execute();
    await transaction.announceAll(ledgerTroubleChanged, fresh);
  });
}

/** After the ledgers of these hosts were made, or found to be as they are. */
export async function endTroubles(transaction: Transaction, hosts: readonly string[]): Promise<void> {
  const ended = await transaction
    .query(admissionSchema)
    .deleteFrom('ledger_trouble')
    .where('host', '=', sql<string>`any(${hosts}::text[])`)
    .returning('host')
    .execute();
  await transaction.announceAll(ledgerTroubleChanged, ended);
}

/** By host. */
export async function readTroubles(queries: Queries): Promise<ReadonlyMap<string, LedgerTrouble>> {
  const rows = await queries.query(admissionSchema).selectFrom('ledger_trouble').selectAll().orderBy('host').execute();
  return new Map(rows.map(({ host, since, reason }) => [host, { since: since.toISOString(), reason }]));
}
