import type { EnvironmentRow } from '#explorer/contract.ts';

/** Whether the risk of an environment is measured: a zero without a judged image is unknown, not low. */
export function isRiskKnown({ mass, verdicts }: Pick<EnvironmentRow, 'mass' | 'verdicts'>): boolean {
  return mass > 0 || verdicts.pass + verdicts.fail > 0;
}
