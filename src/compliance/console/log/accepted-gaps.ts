import type { Keyed, Queries, Transaction } from '#store/index.ts';
import { complianceSchema } from '../schema.ts';
import type { AcceptedGap } from './differing-heads.ts';

function proofOf({ after, through, at }: AcceptedGap, keyed: Keyed): string {
  return keyed.mac('evidence restored', JSON.stringify([after, through, at.toISOString()]));
}

/** Those that a console wrote: whoever has SQL alone cannot make one. */
export async function readAcceptedGaps(queries: Queries & Keyed): Promise<readonly AcceptedGap[]> {
  const rows = await queries.query(complianceSchema).selectFrom('log_restored').selectAll().execute();
  return rows.filter((row) => row.proof === proofOf(row, queries));
}

export async function writeAcceptedGap(transaction: Transaction, gap: AcceptedGap): Promise<void> {
  const row = { ...gap, proof: proofOf(gap, transaction) };
  await transaction.query(complianceSchema).insertInto('log_restored').values(row).execute();
}
