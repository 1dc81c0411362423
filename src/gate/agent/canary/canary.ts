import type { ImageDigest } from '#base/index.ts';
import type { LedgerEntry } from '#admission/contract.ts';

/**
 * Digest of an image that exists nowhere, SHA-256 of `seawall canary`. Every ledger in force on a host refuses it as it
 * refuses an image whose verdict is `fail`, so that an agent can try its own gates and nothing starts by it.
 */
export const canaryDigest =
  'sha256:c1bac6f47bf4976df6ffbe3c917b9b7f44cba3a522835ef9a6df2bc7964459e6' as string as ImageDigest;

export const canaryReason = 'This is the trial by which the agent sees that its gate refuses.';

/** What refuses the canary where containers stand in this environment. */
export function canaryEntry(environment: string | undefined, expiresAt: string): LedgerEntry {
  return {
    digest: canaryDigest,
    aliases: [],
    ...(environment !== undefined && { environment }),
    answer: 'deny',
    effect: 'block',
    cause: 'verdict',
    evidence: [],
    reason: canaryReason,
    expiresAt,
  };
}
