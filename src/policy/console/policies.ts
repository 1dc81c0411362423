import type { Queries, Store } from '#store/index.ts';
import type { Policy } from '../contract.ts';
import { policyChanged } from './facts.ts';
import { policySchema } from './schema.ts';

/** The newest version of a policy, or `undefined` when there was never one of this id. */
export async function policyInForce(queries: Queries, id: string): Promise<Policy | undefined> {
  const row = await queries
    .query(policySchema)
    .selectFrom('policy')
    .select(['id', 'version', 'name', 'rules'])
    .where('id', '=', id)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row;
}

/**
 * Puts a policy in force: as its next version when it says something else than the newest, else nothing changes.
 * Older versions stay, since verdicts name them.
 */
export async function putInForce(store: Store, wanted: Omit<Policy, 'version'>, now: Date): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(`policy ${wanted.id}`);
    const newest = await policyInForce(transaction, wanted.id);
    if (newest !== undefined && said(newest) === said(wanted)) return;
    await transaction
      .query(policySchema)
      .insertInto('policy')
      .values({
        id: wanted.id,
        version: (newest?.version ?? 0) + 1,
        name: wanted.name,
        rules: JSON.stringify(wanted.rules),
        created_at: now,
      })
      .execute();
    await transaction.announce(policyChanged, { policy: wanted.id });
  });
}

function said({ name, rules }: Pick<Policy, 'name' | 'rules'>): string {
  return JSON.stringify([name, rules]);
}
