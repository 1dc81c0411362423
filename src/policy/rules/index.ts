import { byId } from '#rules/index.ts';
import type { Rule, Violation } from '../contract.ts';
import type { PolicyFacts } from '../facts.ts';
import type { RuleContext, RuleKind } from '../rule.ts';
import { approvedBase } from './approved-base/index.ts';
import { custom } from './custom/index.ts';
import { incompleteScan } from './incomplete-scan/index.ts';
import { kev } from './kev/index.ts';
import { notJudged } from './not-judged/index.ts';
import { packages } from './package/index.ts';
import { severity } from './severity/index.ts';
import { signature } from './signature/index.ts';
import { staleFeed } from './stale-feed/index.ts';
import { trustedSource } from './trusted-source/index.ts';
import { unscanned } from './unscanned/index.ts';

/** Every kind of rule. The only registration. */
export const rules = [
  severity,
  kev,
  packages,
  custom,
  trustedSource,
  signature,
  approvedBase,
  incompleteScan,
  notJudged,
  unscanned,
  staleFeed,
] as const;

/** A kind that the list lacks does not compile here: a rule that nobody evaluates would let everything pass. */
const evaluators: Readonly<Record<Rule['kind'], RuleKind<Rule>>> = byId(rules);

/** What one rule of a policy finds. */
export function evaluateRule(facts: PolicyFacts, setting: Rule, context: RuleContext): readonly Violation[] {
  return evaluators[setting.kind].evaluate(facts, setting, context);
}
