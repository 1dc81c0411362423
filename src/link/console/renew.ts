import { AppError } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import { keyOfRequest } from '../certificates.ts';
import type { renew } from '../contract.ts';
import { lockAgent } from './agents.ts';
import { checkState } from './authenticate.ts';
import { certify } from './certify.ts';
import type { Dependencies } from './dependencies.ts';
import { linkSchema } from './schema.ts';

/** A new certificate for an agent. One that was issued before and never used is forgotten. */
export async function renewCertificate(
  dependencies: Dependencies,
  id: string,
  csr: string,
): Promise<ReplyOf<typeof renew>> {
  const key = await keyOfRequest(csr);
  const { certificate, authority, fingerprint, expiresAt } = await certify(dependencies, id, key);
  await dependencies.store.transaction(async (transaction) => {
    const agent = await lockAgent(transaction, id);
    if (agent === undefined) throw new AppError('not-found', 'There is no such agent.');
    checkState(agent);
    await transaction
      .query(linkSchema)
      .updateTable('agent')
      .set({ next_fingerprint: fingerprint, next_not_after: expiresAt })
      .where('id', '=', id)
      .execute();
  });
  dependencies.log.info({ agent: id, expiresAt }, 'The certificate of an agent was renewed.');
  return { certificate, authority, expiresAt: expiresAt.toISOString() };
}
