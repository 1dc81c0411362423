import type { About } from './check.ts';
import type { ComplianceEffect } from './contract-effect.ts';
import type { CheckChoice, ComplianceRule } from './contract-rule.ts';
import type { CheckResult } from './evaluate.ts';
import { checkSeverities } from './severity.ts';
import { templates } from './templates/index.ts';

type Asked = Pick<About, 'id' | 'nist' | 'cis' | 'severity'>;

/** What a rule does about the answer of one check; `record`: no line names the check, or there is nothing to do about it. */
export function effectOf(
  check: Asked,
  { state, foldedUnder }: Pick<CheckResult, 'foldedUnder'> & { readonly state: CheckResult['state'] | 'excepted' },
  { lines, notAssessed }: Pick<ComplianceRule, 'lines' | 'notAssessed'>,
): ComplianceEffect | 'record' {
  const line = lines.find(({ checks }) => isNamed(checks, check));
  if (line === undefined) return 'record';
  switch (state) {
    case 'pass':
    case 'not-applicable':
    case 'excepted':
      return 'record';
    case 'fail':
      // Its cause alerts for it; what blocks by itself blocks whatever explains it.
      return foldedUnder !== undefined && line.effect === 'alert' ? 'record' : line.effect;
    case 'warn':
      return line.effect === 'ignore' ? 'ignore' : 'alert';
    case 'not-assessed':
    case 'error':
      return line.effect === 'ignore' ? 'ignore' : notAssessed;
    default:
      return state satisfies never;
  }
}

/** Whether a line of a rule names a check. */
export function isNamed(choice: CheckChoice, check: Asked): boolean {
  switch (choice.by) {
    case 'check':
      return choice.id === check.id;
    case 'severity':
      return checkSeverities.indexOf(check.severity) <= checkSeverities.indexOf(choice.severity);
    case 'template':
      return isOfTemplate(choice, check);
    default:
      return choice satisfies never;
  }
}

function isOfTemplate(
  { template: id, section }: Extract<CheckChoice, { readonly by: 'template' }>,
  check: Asked,
): boolean {
  const sections = templates.find((one) => one.id === id)?.sectionsOf(check) ?? [];
  return section === undefined
    ? sections.length > 0
    : sections.some((one) => one === section || one.startsWith(`${section}.`));
}
