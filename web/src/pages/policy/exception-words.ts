import type { ExceptionState } from '#access/contract.ts';
import type { Exception } from '#policy/contract.ts';
import { span } from '../../ui/format.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

export const stateWords: Readonly<Record<ExceptionState, string>> = {
  requested: 'Requested',
  approved: 'Approved',
  denied: 'Denied',
  cancelled: 'Cancelled',
  expired: 'Expired',
};

/** An approved one hides a finding from rules: not a pass, and no alarm. */
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

/** A day in the reader's time zone as a field of dates writes it. */
export function dayAfter(now: Date, days: number): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** The last second of such a day. */
export function endOf(day: string): string {
  return new Date(`${day}T23:59:59`).toISOString();
}
