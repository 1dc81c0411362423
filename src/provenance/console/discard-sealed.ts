import type { Queries, Transaction } from '#store/index.ts';
import { provenanceSchema } from './schema.ts';

/** Registries whose password is sealed by the master key. */
export async function countSealedPasswords(queries: Queries): Promise<number> {
  const { count } = await queries
    .query(provenanceSchema)
    .selectFrom('registry')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('sealed_password', 'is not', null)
    .executeTakeFirstOrThrow();
  return count;
}

/** Forgets the passwords that nothing opens any more; the registries stay trusted, and are asked by nobody's name. */
export async function discardPasswords(transaction: Transaction): Promise<void> {
  await transaction
    .query(provenanceSchema)
    .updateTable('registry')
    .set({ sealed_password: null, user: null })
    .where('sealed_password', 'is not', null)
    .execute();
}
