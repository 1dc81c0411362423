import type { Policy, Verdict, VerdictKind, Violation } from './contract.ts';
import type { JudgedFacts } from './facts.ts';
import { reasonFor } from './reason.ts';
import { evaluateRule } from './rules/index.ts';

export interface JudgeOptions {
  readonly now: Date;
  /** Nothing can be excepted yet. */
  readonly exceptions: readonly never[];
}

/**
 * The one evaluator, for command line, console and agents. Pure: a verdict can be made again from the same facts.
 *
 * A scan that is missing or incomplete withholds the verdict whatever else was found, since a list of violations that
 * may lack some is no statement about the image; they are listed all the same. Then what blocks fails. Then feeds that
 * are too old withhold it.
 */
export function judge(facts: JudgedFacts, policy: Policy, options: JudgeOptions): Verdict {
  const violations = policy.rules.flatMap((rule) => evaluateRule(facts, rule, options.now));
  const kind = kindOf(violations);
  const { id, version, name } = policy;
  return {
    kind,
    reason: reasonFor(kind, facts, { violations, rules: policy.rules }),
    policy: { id, version, name },
    violations: violations.toSorted((left, right) => places[left.effect] - places[right.effect]),
  };
}

const places: Readonly<Record<Violation['effect'], number>> = { 'cannot-judge': 0, block: 1, alert: 2 };

function kindOf(violations: readonly Violation[]): VerdictKind {
  const withholds = violations.filter(({ effect }) => effect === 'cannot-judge');
  if (withholds.some(({ rule }) => rule !== 'stale-feed')) return 'cannot-judge';
  if (violations.some(({ effect }) => effect === 'block')) return 'fail';
  return withholds.length > 0 ? 'cannot-judge' : 'pass';
}
