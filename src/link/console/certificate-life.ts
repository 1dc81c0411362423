import type { AgentRow } from './agents.ts';

/** A certificate that was renewed holds so long after the new one was first used. */
const overlap = 60 * 60_000;

/** Fingerprints of an agent's certificates, and how long each holds. */
export type CertificateLife = Pick<
  AgentRow,
  'fingerprint' | 'not_after' | 'next_fingerprint' | 'next_not_after' | 'previous_fingerprint' | 'previous_until'
>;

/** Whether one of an agent's certificates holds now. TLS looks at its end only when a connection begins. */
export function holds(life: CertificateLife, fingerprint: string, now: Date): boolean {
  switch (fingerprint) {
    case life.fingerprint:
      return life.not_after > now;
    case life.next_fingerprint:
      return life.next_not_after !== null && life.next_not_after > now;
    case life.previous_fingerprint:
      return life.previous_until !== null && life.previous_until > now;
    default:
      return false;
  }
}

/**
 * The certificates once the one that was issued last is in use: the one before holds a little longer, never beyond its
 * own end. `undefined` when none was issued.
 */
export function promoted(life: CertificateLife, now: Date): CertificateLife | undefined {
  const { fingerprint, not_after: ended, next_fingerprint: next, next_not_after: end } = life;
  if (next === null || end === null) return undefined;
  return {
    fingerprint: next,
    not_after: end,
    next_fingerprint: null,
    next_not_after: null,
    previous_fingerprint: fingerprint,
    previous_until: new Date(Math.min(ended.getTime(), now.getTime() + overlap)),
  };
}
