import type { AssessedAnswer } from '../assessment.ts';

/** Days in which a failed check is to be remedied, by its severity: a proposal, which the plan says of itself. */
export const remedyDays = { critical: 15, high: 30, medium: 90, low: 180 } as const satisfies Record<
  NonNullable<AssessedAnswer['severity']>,
  number
>;

const day = 24 * 60 * 60_000;

/** Until when an answer that fails is to be remedied; of one that is excepted, when the exception ends. */
export function deadlineOf(answer: AssessedAnswer): string {
  const { until, since = answer.collected, severity = 'medium' } = answer;
  if (answer.state === 'excepted' && until !== undefined) return new Date(until).toISOString();
  return new Date(Date.parse(since) + remedyDays[severity] * day).toISOString();
}
