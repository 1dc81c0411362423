import type { ImageDigest } from '#base/index.ts';
import type { LedgerEntry } from '#admission/contract.ts';
import { canaryDigest } from '../canary/canary.ts';

/**
 * Digest of an image that exists nowhere, SHA-256 of `seawall trial`: no configuration of an image is that text. Every ledger
 * in force on a host lets it start, so that what refuses a trial is the line that the trial breaks.
 */
export const trialDigest =
  'sha256:07c70038606d805e7bfab1e3b74fe573f2c194cb0d62da0b6df0d4b485967459' as string as ImageDigest;

/** The same of `seawall unknown`, of which no ledger says anything. */
export const unknownDigest =
  'sha256:b5242a29ad1d1465def442b0142d8829d552f6f0bc7b914ea69c9b3724ed55dd' as string as ImageDigest;

/** Id of a container that no engine has: engines draw theirs by lot. */
export const trialContainer = '7e57'.repeat(16);

/** Header by which the agent knows its own trials among what clients of the engine ask for, as Go writes it. */
export const trialHeader = 'X-Seawall-Trial';

/** What lets a trial's image start where containers stand in this environment. */
export function trialEntry(environment: string | undefined, expiresAt: string): LedgerEntry {
  return {
    digest: trialDigest,
    aliases: [],
    ...(environment !== undefined && { environment }),
    answer: 'allow',
    effect: 'ignore',
    cause: 'verdict',
    evidence: [],
    reason: 'This is the image by which the agent tries the lines of rules.',
    expiresAt,
  };
}

/** The digest that the name of a trial's image ends with; `undefined`: it is no trial's. No engine can hold such an image. */
export function trialDigestIn(image: string): ImageDigest | undefined {
  const digest = /(?:^|@)(sha256:[0-9a-f]{64})$/.exec(image)?.[1];
  return [trialDigest, canaryDigest].find((one) => one === digest);
}
