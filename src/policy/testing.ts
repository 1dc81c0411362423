import type { Policy, Rule, Verdict } from './contract.ts';
import type { PolicyFacts } from './facts.ts';
import { judge, type JudgeOptions } from './judge.ts';
import { openRulebook } from './rulebook.ts';

/** What tests of single rules ask: the verdict of a policy that holds nothing else. */

export const testNow = new Date('2026-11-24T12:00:00Z');

/** An image that was scanned in full, has no packages and no findings, and of whose origin nobody knows. */
export function testFacts(part: Partial<PolicyFacts> = {}): PolicyFacts {
  return {
    scan: { state: 'done', scannedAt: testNow.toISOString(), faults: [] },
    database: { state: 'ready', builtAt: testNow.toISOString(), feeds: [] },
    image: { labels: {}, packages: [] },
    findings: [],
    ...part,
  };
}

/** The verdict by one rule, at `testNow` unless said otherwise. */
export async function verdictBy(
  rule: Rule,
  facts: PolicyFacts = testFacts(),
  options: Partial<JudgeOptions> = {},
): Promise<Verdict> {
  const policy: Policy = { id: 'one', version: 1, name: 'One', rules: [rule] };
  const rulebook = await openRulebook({ policies: [policy], collections: [], exceptions: [] });
  return judge(facts, rulebook, { now: testNow, where: [], ...options });
}
