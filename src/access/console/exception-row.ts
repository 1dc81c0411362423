import type { ExceptionState } from '../contract.ts';

/** What every table of exceptions has, of findings or of checks. */
export interface ExceptionColumns<Reason extends string> {
  readonly id: string;
  readonly collections: readonly string[] | null;
  readonly reason: Reason;
  readonly explanation: string;
  readonly expires_at: Date;
  /** As people left it; `stateOfException` says what time made of it. */
  readonly state: Exclude<ExceptionState, 'expired'>;
  readonly requested_by: { readonly id: string; readonly name: string };
  readonly requested_at: Date;
  readonly decided_by: { readonly id: string; readonly name: string } | null;
  readonly decided_at: Date | null;
  readonly note: string | null;
}

/** An exception as the API says it, without what it names and what is counted. */
export function exceptionOfRow<Reason extends string>(row: ExceptionColumns<Reason>, now: Date) {
  return {
    id: row.id,
    ...(row.collections !== null && { collections: row.collections }),
    reason: row.reason,
    explanation: row.explanation,
    expiresAt: row.expires_at.toISOString(),
    state: stateOfException(row, now),
    requestedBy: row.requested_by,
    requestedAt: row.requested_at.toISOString(),
    ...(row.decided_by !== null && { decidedBy: row.decided_by }),
    ...(row.decided_at !== null && { decidedAt: row.decided_at.toISOString() }),
    ...(row.note !== null && row.note !== '' && { note: row.note }),
  };
}

/** Time ends what waits and what is approved; what a person ended stays so. */
export function stateOfException(
  { state, expires_at }: Pick<ExceptionColumns<string>, 'state' | 'expires_at'>,
  now: Date,
): ExceptionState {
  const ends = state === 'approved' || state === 'requested';
  return ends && expires_at <= now ? 'expired' : state;
}
