import type { Queries } from '#store/index.ts';
import { evidenceLogVerified } from '../facts.ts';
import { complianceSchema } from '../schema.ts';
import type { SealDependencies } from './seal-log.ts';
import { type GivenHead, verifyStored, type Verifying } from './verify-stored.ts';

/** What the console's own look at its evidence log found last. */
export interface LogVerified {
  readonly state: 'intact' | 'broken' | 'differs' | 'empty';
  /** What is wrong, in one sentence; missing: nothing is. */
  readonly reason?: string;
  readonly at: Date;
}

/** Each hour: verifies the whole log. What it finds is told when it is another than the last time, not each hour. */
export async function watchLog(
  dependencies: SealDependencies & Verifying,
  held: readonly (GivenHead & { readonly agent: string })[],
): Promise<void> {
  const { store, clock } = dependencies;
  const { state, reason = null } = await verifyStored(dependencies, held);
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
