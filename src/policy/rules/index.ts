import type { Rule, Violation } from '../contract.ts';
import type { JudgedFacts } from '../facts.ts';
import { incompleteScan } from './incomplete-scan/index.ts';
import { severity } from './severity/index.ts';
import { staleFeed } from './stale-feed/index.ts';
import { unscanned } from './unscanned/index.ts';

/** Every kind of rule. The only registration. */
export const rules = [severity, incompleteScan, unscanned, staleFeed] as const;

/** What one rule of a policy finds. */
export function evaluateRule(facts: JudgedFacts, setting: Rule, now: Date): readonly Violation[] {
  switch (setting.kind) {
    case 'severity':
      return severity.evaluate(facts, setting, now);
    case 'incomplete-scan':
      return incompleteScan.evaluate(facts, setting, now);
    case 'unscanned':
      return unscanned.evaluate(facts, setting, now);
    case 'stale-feed':
      return staleFeed.evaluate(facts, setting, now);
    default:
      return setting satisfies never;
  }
}
