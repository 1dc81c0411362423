import { sql } from 'kysely';
import type { Transaction } from './store.ts';

/** What restored backups leave for the console that starts on them: doors that were closed since are open again. */
export interface RestoredCopy {
  readonly restoredAt: Date;
  /** What the copy holds is as of then. */
  readonly takenAt: Date;
}

/** Made by what brings a store up to date and by what restores one, whichever comes first. */
export const restoredTable = `create table if not exists store.restored (
  id bigint generated always as identity primary key, restored_at timestamptz not null, taken_at timestamptz not null,
  is_settled boolean not null default false)`;

/** The restored copies that no console has settled yet; from the commit on they count as settled. */
export async function settleRestored(transaction: Transaction): Promise<readonly RestoredCopy[]> {
  const { rows } = await sql<RestoredCopy>`
    update store.restored set is_settled = true where not is_settled
    returning restored_at as "restoredAt", taken_at as "takenAt"`.execute(
    transaction.query({ name: 'store', migrations: {} }),
  );
  return rows;
}
