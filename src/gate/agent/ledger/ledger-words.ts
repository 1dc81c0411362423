import type { Ledger } from '#admission/contract.ts';
import type { BrokenRule } from '../answer/broken-rule.ts';
import { clockWords } from './clock-words.ts';

/** What a host's clock makes of its ledger: nothing, or one sentence. */
export function ledgerClock(ledger: Pick<Ledger, 'issuedAt' | 'expiresAt'>, now: Date): readonly string[] {
  const clock = clockWords(ledger, now);
  if (clock === undefined) return [];
  return new Date(ledger.expiresAt) > now
    ? [clock]
    : [`The admission ledger has ended, so every image is unknown. ${clock}`];
}

/** One sentence: it was lost or has not come yet, what starts get meanwhile, and the next step. */
export function missingLedger(broken: BrokenRule): string {
  const meanwhile = broken === 'deny' ? 'every start is refused' : 'nothing is refused';
  return `There is no admission ledger, so ${meanwhile}, as the host’s own rule says: let the agent reach its console once.`;
}
