import type { SettingsRule } from '../contract.ts';
import { evaluateSettings, settingsRules } from './rules/index.ts';
import type { ContainerSettings } from '#inventory/index.ts';
import type { Asker, SettingsViolation } from './rule.ts';

const order = settingsRules.map(({ id }) => id);

/** What rules object to in settings, the heaviest kind first. Pure; rules that ignore are not asked. */
export function judgeSettings(
  settings: ContainerSettings,
  rules: readonly SettingsRule[],
  asker: Asker,
): readonly SettingsViolation[] {
  return rules
    .toSorted((left, right) => order.indexOf(left.kind) - order.indexOf(right.kind))
    .flatMap((rule) => {
      const { kind, effect } = rule;
      if (effect === 'ignore') return [];
      return evaluateSettings(settings, rule).map(({ message, remedies }) => ({
        kind,
        effect,
        message,
        remedy: remedies[asker],
      }));
    });
}
