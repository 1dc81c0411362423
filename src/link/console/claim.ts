import { AppError } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { claimRefused } from './facts.ts';

/** Why a handler refuses a fact that claims what the agent's host does not hold, run or stand for. */
export class ClaimRefused extends AppError {
  readonly subject: string | undefined;

  constructor(reason: string, subject?: string) {
    super('claim-refused', reason);
    this.subject = subject;
  }
}

/** A refused claim, as it is announced. */
export interface Claim {
  readonly reason: string;
  readonly subject?: string | undefined;
}

/** Different claims of one batch that are announced; the refused facts are kept whatever their number. */
const most = 20;

/** Announces each claim once. */
export async function announceClaims(transaction: Transaction, host: string, claims: readonly Claim[]): Promise<void> {
  const different = new Map(claims.map((claim) => [JSON.stringify([claim.reason, claim.subject]), claim]));
  const reported = [...different.values()].slice(0, most);
  await transaction.announceAll(
    claimRefused,
    reported.map(({ reason, subject }) => ({ host, reason, ...(subject === undefined ? {} : { subject }) })),
  );
}
