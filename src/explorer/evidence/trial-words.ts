import type { TrialLine } from '#gate/contract.ts';

/** `CTR-001 in ring 1: refused 24 of 24 tries, last at …` */
export function trialWords({ check, ring, tried, refused, last }: TrialLine): string {
  return `${check} in ring ${ring}: refused ${refused} of ${tried} tries${last === undefined ? '' : `, last at ${last}`}`;
}
