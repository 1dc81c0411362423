import type { EnvironmentRow } from '#explorer/contract.ts';

/** Whether the risk of an environment is measured: a zero without a judged image is unknown, not low. */
export function isRiskKnown({ riskSum, verdicts }: Pick<EnvironmentRow, 'riskSum' | 'verdicts'>): boolean {
  return riskSum > 0 || verdicts.pass + verdicts.fail > 0;
}
