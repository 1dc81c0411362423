import { expect, test } from 'vitest';
import { type Rule, ruleFaces } from './contract.ts';
import type { Outside } from './rule.ts';
import { openRulebook } from './rulebook.ts';
import { evaluateRule, rules } from './rules/index.ts';
import { testFacts, testNow } from './testing.ts';

const cases = ruleFaces.map(({ beginning }) => ({
  kind: beginning.kind,
  rule: beginning.kind === 'custom' ? ({ ...beginning, on: 'image', expression: 'true' } as const) : beginning,
}));

test.each(cases)('$kind says what it looks at that changes without a new scan', async ({ kind, rule }) => {
  const declared = rules.find(({ id }) => id === kind);
  expect(declared).toBeDefined();
  const evaluator: { readonly looksAt?: readonly Outside[] } = declared ?? {};
  expect(new Set(evaluator.looksAt)).toEqual(await lookedAt(rule));
});

/** What the evaluation of a rule reads in truth. */
async function lookedAt(rule: Rule): Promise<ReadonlySet<Outside>> {
  const seen = new Set<Outside>();
  const policy = { id: 'one', version: 1, name: 'One', rules: [rule] };
  const { expressions, compareVersions } = await openRulebook({ policies: [policy], collections: [], exceptions: [] });
  const facts = Object.defineProperty(testFacts(), 'provenance', {
    get: () => void seen.add('provenance'),
  });
  const context = {
    now: testNow,
    expressions,
    compareVersions,
    budget: { left: 1e6 },
    get where() {
      seen.add('places');
      return [];
    },
  };
  evaluateRule(facts, rule, context);
  return seen;
}
