import type { Exception, ExceptionState } from '#policy/contract.ts';
import { span } from '../../ui/format.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

export const stateWords: Readonly<Record<ExceptionState, string>> = {
  requested: 'To decide',
  approved: 'Approved',
  denied: 'Denied',
  cancelled: 'Cancelled',
  expired: 'Expired',
};

/** An approved one keeps something from counting: not a pass, and no alarm. */
export const stateMarks: Readonly<Record<ExceptionState, MarkState>> = {
  requested: 'partly',
  approved: 'pass',
  denied: 'fail',
  cancelled: 'unknown',
  expired: 'unknown',
};

export const reasonWords: Readonly<Record<Exception['reason'], string>> = {
  'false-positive': 'False positive',
  mitigated: 'Mitigated',
  'risk-accepted': 'Risk accepted',
  'not-reachable': 'Not reachable',
  'fix-planned': 'Fix is planned',
  other: 'Other',
};

/** Reasons as a form offers them. */
export const reasonChoices = (Object.keys(reasonWords) as Exception['reason'][]).map(
  (reason) => [reason, reasonWords[reason]] as const,
);

/** `12 d left`, `expired` */
export function timeLeft(expiresAt: string, now: Date): string {
  const left = Date.parse(expiresAt) - now.getTime();
  return left <= 0 ? 'expired' : `${span(left)} left`;
}

/** A moment as many days from now. */
export function inDays(days: number, now: Date): string {
  return new Date(now.getTime() + days * 24 * 60 * 60_000).toISOString();
}
