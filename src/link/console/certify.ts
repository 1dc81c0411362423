import type { PublicKey } from '@peculiar/x509';
import { issueAgent } from '../certificates.ts';
import { fingerprintOf } from '../join-secret.ts';
import type { Dependencies } from './dependencies.ts';

const agentLife = 30 * 24 * 60 * 60_000;

/** A certificate as it is sent, and what is stored of it. */
export interface Certified {
  readonly certificate: string;
  /** PEM of all authorities that the agent is to trust, newest first. */
  readonly authority: string;
  readonly fingerprint: string;
  readonly expiresAt: Date;
}

/** Issues an agent's certificate over its key. */
export async function certify(
  { authorities, clock }: Pick<Dependencies, 'authorities' | 'clock'>,
  agent: string,
  key: PublicKey,
): Promise<Certified> {
  const { newest, trusted } = await authorities();
  const now = clock();
  const life = { from: now, to: new Date(now.getTime() + agentLife) };
  const certificate = await issueAgent(newest, { key, agent, life });
  return {
    certificate,
    authority: trusted.join('\n'),
    fingerprint: fingerprintOf(certificate, 'hex'),
    expiresAt: life.to,
  };
}
