import type { Queries, Transaction } from '#store/index.ts';
import { type Author, audit, checkpointOf, headOf } from './audit.ts';
import { digestWith } from './audit-hash.ts';
import { entriesOf } from './audit-trail.ts';
import { accessSchema } from './schema.ts';

/** Whether the trail was begun with a key: then only that one goes on with it. */
export async function holdsKeyedEntries(queries: Queries): Promise<boolean> {
  const row = await queries
    .query(accessSchema)
    .selectFrom('audit')
    .select('sequence')
    .where('keyed_by', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Begins the chain anew, by the key of now, after the key before was discarded: one entry names the hash of the last
 * entry and a digest of all that stand before it.
 */
export async function auditKeysReset(
  transaction: Transaction,
  author: Author,
  lost: Readonly<Record<string, number>>,
): Promise<void> {
  await transaction.lock('access-audit');
  const access = transaction.query(accessSchema);
  // What was never sealed is vouched for by this entry.
  await access.deleteFrom('audit_unsealed').execute();
  const { sequence: through, hash: head } = await headOf(access);
  const { sequence: pruned } = await checkpointOf(access);
  let digest = '';
  for await (const { entry } of entriesOf(transaction)) digest = digestWith(digest, entry);
  await audit(transaction, {
    ...author,
    action: 'keys-reset',
    detail: { through, head, from: pruned + 1, digest, lost },
  });
}
