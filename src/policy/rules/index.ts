import type { Rule, Violation } from '../contract.ts';
import type { PolicyFacts } from '../facts.ts';
import type { RuleContext } from '../rule.ts';
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

/** What one rule of a policy finds. */
export function evaluateRule(facts: PolicyFacts, setting: Rule, context: RuleContext): readonly Violation[] {
  switch (setting.kind) {
    case 'severity':
      return severity.evaluate(facts, setting, context);
    case 'kev':
      return kev.evaluate(facts, setting, context);
    case 'package':
      return packages.evaluate(facts, setting, context);
    case 'custom':
      return custom.evaluate(facts, setting, context);
    case 'trusted-source':
      return trustedSource.evaluate(facts, setting, context);
    case 'signature':
      return signature.evaluate(facts, setting, context);
    case 'approved-base':
      return approvedBase.evaluate(facts, setting, context);
    case 'incomplete-scan':
      return incompleteScan.evaluate(facts, setting, context);
    case 'not-judged':
      return notJudged.evaluate(facts, setting, context);
    case 'unscanned':
      return unscanned.evaluate(facts, setting, context);
    case 'stale-feed':
      return staleFeed.evaluate(facts, setting, context);
    default:
      return setting satisfies never;
  }
}
