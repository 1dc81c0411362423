import type { ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { verifyEvidenceLog } from '../../contract.ts';
import { evidenceLogVerified } from '../facts.ts';
import { complianceSchema } from '../schema.ts';
import type { SealDependencies } from './seal-log.ts';

/** What the last look at the whole evidence log found, hourly or asked for. */
export interface LogVerified {
  readonly state: 'intact' | 'broken' | 'differs' | 'empty';
  /** What is wrong, in one sentence; missing: nothing is. */
  readonly reason?: string;
  readonly at: Date;
}

/** Keeps what a look at the whole log found. It is told when it is another than the last time, not each time. */
export async function noteVerified(
  { store, clock }: Pick<SealDependencies, 'store' | 'clock'>,
  verified: ReplyOf<typeof verifyEvidenceLog>,
): Promise<void> {
  const { state } = verified;
  const reason = verified.reason ?? null;
  await store.transaction(async (transaction) => {
    await transaction.lock('compliance evidence log verified');
    const before = await readLogVerified(transaction);
    const found = { state, reason, at: clock() };
    await transaction
      .query(complianceSchema)
      .insertInto('log_verified')
      .values(found)
      .onConflict((conflict) => conflict.column('single').doUpdateSet(found))
      .execute();
    if ((before?.reason ?? null) !== reason) await transaction.announce(evidenceLogVerified, { state });
  });
}

/** `undefined`: no console has verified it yet. */
export async function readLogVerified(queries: Queries): Promise<LogVerified | undefined> {
  const row = await queries
    .query(complianceSchema)
    .selectFrom('log_verified')
    .select(['state', 'reason', 'at'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { reason, ...found } = row;
  return { ...found, ...(reason !== null && { reason }) };
}
