import { createHash, X509Certificate } from 'node:crypto';
import { audit, readRestored } from '#access/console/index.ts';
import { backdate } from '../certificates.ts';
import { type AgentRow, lockAgent } from './agents.ts';
import type { Dependencies } from './dependencies.ts';
import { linkSchema } from './schema.ts';

const form = /^URI:urn:seawall:agent:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * The agent whose certificate was renewed after the copy was taken that was restored since: what the console then wrote down
 * is lost. The certificate counts as issued last. Only one that was issued between both moments is taken, for an agent that
 * the copy knows and that may speak; TLS has checked that an authority of this console signed it.
 */
export async function readmitRenewed(
  { store }: Pick<Dependencies, 'store'>,
  der: Buffer,
): Promise<AgentRow | undefined> {
  const { restored } = await readRestored(store);
  if (restored === undefined) return undefined;
  const certificate = new X509Certificate(der);
  const id = form.exec(certificate.subjectAltName ?? '')?.[1];
  if (id === undefined || !isBetween(certificate, restored)) return undefined;
  const next = {
    next_fingerprint: createHash('sha256').update(der).digest('hex'),
    next_not_after: new Date(certificate.validTo),
  };
  return await store.transaction(async (transaction) => {
    const agent = await lockAgent(transaction, id);
    if (agent === undefined || (agent.state !== 'live' && agent.state !== 'silent')) return undefined;
    await transaction.query(linkSchema).updateTable('agent').set(next).where('id', '=', id).execute();
    const { name } = agent;
    const [actor, target] = [
      { kind: 'agent', id, name },
      { kind: 'agent', id, name },
    ] as const;
    await audit(transaction, { actor, action: 'agent-readmitted', target, detail: restored });
    return { ...agent, ...next };
  });
}

function isBetween(
  { validFrom }: X509Certificate,
  { takenAt, restoredAt }: { readonly takenAt: string; readonly restoredAt: string },
): boolean {
  const issued = Date.parse(validFrom) + backdate;
  // A certificate tells its beginning in whole seconds.
  return issued >= Date.parse(takenAt) - 1000 && issued <= Date.parse(restoredAt);
}
