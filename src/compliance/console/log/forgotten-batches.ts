import { sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import { leafHash, rootOf, rowText } from '../../log/index.ts';
import { complianceSchema } from '../schema.ts';
import { forgottenProof } from './forgotten-proof.ts';
import { type HeadRow, readRows } from './sealed-rows.ts';

/** Heads that are noted at once. */
const together = 500;

/**
 * Notes that the console itself forgets the rows of batches, before it does: rows that go without that note were deleted.
 * A batch whose rows are not what was sealed gets none, so another date in a row has nothing forgotten.
 */
export async function noteForgotten(transaction: Transaction, before: Date): Promise<void> {
  for (let after = 0; ; ) {
    const { rows } = await sql<HeadRow>`
      select head.* from compliance.transition as row join compliance.log_head as head on head.first = row.position
      where row.received_at < ${before} and head.forgotten is null and head.batch > ${after}
      order by head.batch limit ${together}`.execute(transaction.query(complianceSchema));
    const last = rows.at(-1);
    if (last === undefined) return;
    const sealed: HeadRow[] = [];
    for (const head of rows) if (await isAsSealed(transaction, head)) sealed.push(head);
    await writeProofs(transaction, sealed);
    after = Number(last.batch);
  }
}

async function isAsSealed(transaction: Transaction, head: HeadRow): Promise<boolean> {
  const rows = await readRows(transaction, head);
  return rows.length === head.count && rootOf(rows.map((row) => leafHash(rowText(row)))).toString('hex') === head.root;
}

/** After the master key was replaced: whoever replaces it vouches for what the database says by then. */
export async function renewForgotten(transaction: Transaction): Promise<void> {
  const rows = await transaction
    .query(complianceSchema)
    .selectFrom('log_head')
    .select(['batch', 'hash'])
    .where('forgotten', 'is not', null)
    .execute();
  await writeProofs(transaction, rows);
}

async function writeProofs(transaction: Transaction, heads: readonly Pick<HeadRow, 'batch' | 'hash'>[]): Promise<void> {
  if (heads.length === 0) return;
  const rows = heads.map((head) => ({ batch: head.batch, proof: forgottenProof(head, transaction) }));
  await sql`
    update compliance.log_head set forgotten = made.proof
    from json_to_recordset(${JSON.stringify(rows)}::json) as made (batch bigint, proof text)
    where log_head.batch = made.batch`.execute(transaction.query(complianceSchema));
}
