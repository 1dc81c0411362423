import { checkSeverities } from '#compliance/index.ts';
import { type Answer, counted } from './report.ts';

/** `41 checks: 3 fail (1 high, 2 low), 30 pass, …` */
export function totalsOf(answers: readonly Answer[]): string {
  const failed = answers.filter(({ result }) => result.state === 'fail' && result.foldedUnder === undefined);
  const bySeverity = checkSeverities
    .map((severity) => [failed.filter(({ check }) => check.severity === severity).length, severity] as const)
    .filter(([number]) => number > 0)
    .map(([number, severity]) => `${number} ${severity}`);
  const fails = failed.length === 0 ? '0 fail' : `${failed.length} fail (${bySeverity.join(', ')})`;
  const folded = answers.filter(({ result }) => result.foldedUnder !== undefined).length;
  const parts = [
    fails,
    ...(folded > 0 ? [`${folded} fail with them`] : []),
    `${counted(answers, 'pass')} pass`,
    `${counted(answers, 'warn')} warn`,
    `${counted(answers, 'not-assessed')} not assessed`,
    ...(counted(answers, 'error') > 0 ? [`${counted(answers, 'error')} in error`] : []),
    `${counted(answers, 'not-applicable')} not applicable`,
  ];
  return `${answers.length} checks: ${parts.join(', ')}.`;
}
