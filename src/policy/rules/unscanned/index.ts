import type { Violation } from '../../contract.ts';
import type { RuleKind, SettingOf } from '../../rule.ts';

type Setting = SettingOf<'unscanned'>;

/** No scan, or nothing to match it with: both leave nothing to judge. */
export const unscanned: RuleKind<Setting> = {
  id: 'unscanned',
  version: 1,
  summary: 'Subjects without a scan, or without a vulnerability database to match it with',
  evaluate({ scan, database }, { effect }) {
    if (effect === 'ignore') return [];
    const violations: Violation[] = [];
    if (scan.state === 'missing') {
      violations.push(violation(effect, `There is no scan: ${scan.reason}`, 'Scan it with `seawall scan`.'));
    }
    if (database.state === 'missing') {
      const remedy = 'Run `seawall db build` or `seawall db update`, then judge again.';
      violations.push(violation(effect, `Nothing was matched with advisories: ${database.reason}`, remedy));
    }
    return violations;
  },
};

function violation(effect: Violation['effect'], message: string, remedy: string): Violation {
  return { rule: 'unscanned', effect, message: message.slice(0, 2000), remedy };
}
