import { checksOfSettings, complianceEffects, type ComplianceRule } from '#compliance/contract.ts';

/** A compliance rule that judges the same at a start as a check. */
export interface SameRule {
  readonly id: string;
  readonly name: string;
  /** What it does where the check fails: `Block`. */
  readonly does: string;
}

/** Compliance rules in force whose rules over settings judge the same as a check, in their order. */
export function sameRules(check: string, rules: readonly ComplianceRule[]): readonly SameRule[] {
  return rules.flatMap(({ id, name, state, settings = [] }) => {
    const effects = settings.filter((one) => checksOfSettings(one).includes(check)).map(({ effect }) => effect);
    const effect = (['block', 'alert'] as const).find((one) => effects.includes(one));
    return state === 'off' || effect === undefined ? [] : [{ id, name, does: complianceEffects[effect] }];
  });
}
