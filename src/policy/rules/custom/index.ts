import type { Violation } from '../../contract.ts';
import type { Expression } from '../../expressions.ts';
import type { PolicyFacts, PolicyFinding } from '../../facts.ts';
import type { RuleContext, RuleKind, SettingOf } from '../../rule.ts';
import { findingVariable, imageVariable } from './variables.ts';

type Setting = SettingOf<'custom'>;

/**
 * An expression in CEL (https://cel.dev), true where the rule is broken. One that fails, and one for which the budget of
 * the policy does not suffice, withholds the verdict.
 */
export const custom: RuleKind<Setting> = {
  id: 'custom',
  version: 2,
  summary: 'An expression of one’s own in CEL, for each finding or for the image',
  looksAt: ['places'],
  evaluate(facts, setting, context) {
    if (setting.effect === 'ignore') return [];
    const compiled = context.expressions.of(setting);
    if (compiled?.state !== 'ready')
      return [failure(setting, compiled?.problem.message ?? 'The expression was not read.')];
    const image = imageVariable(facts.image, context);
    switch (setting.on) {
      case 'image':
        return onImage({ setting, ask: compiled.ask, image, context });
      case 'finding':
        return onFindings(facts, { setting, ask: compiled.ask, image, context });
      default:
        return setting.on satisfies never;
    }
  },
};

function onImage({ setting, ask, image, context }: Asking): readonly Violation[] {
  const answer = ask({ image }, context.budget);
  switch (answer.state) {
    case 'true':
      return [{ rule: 'custom', effect: effectOf(setting), message: setting.message, remedy: remedyOf(setting) }];
    case 'false':
      return [];
    case 'failed':
      return [failure(setting, answer.reason)];
    default:
      return answer satisfies never;
  }
}

interface Asking {
  readonly setting: Setting;
  readonly ask: Expression;
  readonly image: unknown;
  readonly context: RuleContext;
}

/** The first failure ends it: the rule withholds the verdict whatever the others say. */
function onFindings({ findings }: PolicyFacts, { setting, ask, image, context }: Asking): readonly Violation[] {
  const violations: Violation[] = [];
  for (const finding of findings) {
    if (finding.suppressed !== undefined) continue;
    const answer = ask({ image, finding: findingVariable(finding, context.now) }, context.budget);
    if (answer.state === 'failed') return [...violations, failure(setting, `on ${finding.id}: ${answer.reason}`)];
    if (answer.state === 'true') violations.push(violationOf(finding, setting));
  }
  return violations;
}

function violationOf(finding: PolicyFinding, setting: Setting): Violation {
  const { id, purl, severity, fixed, package: name, installed } = finding;
  return {
    rule: 'custom',
    effect: effectOf(setting),
    message: `${id} in ${name} ${installed}: ${setting.message}`,
    remedy: fixed === undefined ? remedyOf(setting) : `Upgrade ${name} from ${installed} to ${fixed}.`,
    finding: { id, purl, severity, ...(fixed === undefined ? {} : { fixed }) },
  };
}

function effectOf({ effect }: Setting): 'block' | 'alert' {
  return effect === 'block' ? 'block' : 'alert';
}

function remedyOf({ expression }: Setting): string {
  return `Change the image so that this no longer holds: ${expression}`.slice(0, 2000);
}

function failure({ message, expression }: Setting, reason: string): Violation {
  return {
    rule: 'custom',
    effect: 'cannot-judge',
    message: `The rule "${message.slice(0, 200)}" cannot be evaluated: ${reason}`.slice(0, 2000),
    remedy: `Correct the expression: ${expression}`.slice(0, 2000),
  };
}
