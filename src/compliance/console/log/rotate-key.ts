import type { Transaction } from '#store/index.ts';
import { signHandOver } from '../../log/index.ts';
import { complianceSchema } from '../schema.ts';
import { keyProof, makeKey, openEvidenceKey } from './evidence-key.ts';
import { installationOf } from './seal-log.ts';

/** Fingerprints of the key that signed until now, and of the one that signs from now on. */
export interface RotatedKey {
  readonly from: string;
  readonly to: string;
}

/**
 * Makes a new key for the evidence log. Both keys sign that it follows; then the private part of the one before is deleted.
 * Throws `AppError` `master-key-wrong`.
 */
export async function rotateEvidenceKey(transaction: Transaction, masterKey: Buffer, now: Date): Promise<RotatedKey> {
  await transaction.lock('compliance evidence log');
  const before = await openEvidenceKey(transaction, masterKey, now);
  const database = transaction.query(complianceSchema);
  const { public_key, created_at } = await database
    .selectFrom('log_key')
    .select(['public_key', 'created_at'])
    .where('fingerprint', '=', before.fingerprint)
    .executeTakeFirstOrThrow();
  // The newest signs: a clock that was set back changes no order.
  const at = new Date(Math.max(now.getTime(), created_at.getTime() + 1));
  const { fingerprint: to, key } = await makeKey(transaction, masterKey, at);
  const from = before.fingerprint;
  const statement = { installation: await installationOf(transaction), from, to, at: at.toISOString() };
  const signed = signHandOver(statement, { from: before.key, to: key });
  await database
    .updateTable('log_key')
    .set({ hand_over: JSON.stringify(signed) })
    .where('fingerprint', '=', to)
    .execute();
  await database
    .updateTable('log_key')
    .set({ sealed_key: null, proof: keyProof({ fingerprint: from, public_key }, transaction) })
    .where('fingerprint', '=', from)
    .execute();
  return { from, to };
}
