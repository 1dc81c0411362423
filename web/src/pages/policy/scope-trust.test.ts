import { expect, test } from 'vitest';
import type { PolicyText } from '#policy/contract.ts';
import { newAdmissionRule as beginning } from '#admission/contract.ts';
import { asksForProof, letsThrough, restsOn } from './scope-trust.ts';

test('a scope rests on names or labels where any of its collections does, and never on hosts and environments', () => {
  const firm = { selects: { hosts: ['pier-*'], environments: ['prod'], images: [] } };
  expect(restsOn([firm])).toEqual([]);
  expect(restsOn([firm, { selects: { labels: ['trusted=yes'] } }])).toEqual(['labels']);
  expect(restsOn([{ selects: { applications: ['shop'], repositories: ['trusted/*'] } }])).toEqual(['names', 'labels']);
});

test('a policy asks for proof where its image must come from a trusted registry or be signed', () => {
  const source = { kind: 'trusted-source', unknown: 'block' } as const;
  const policy = (effect: 'alert' | 'block'): PolicyText => ({ name: 'Shop', rules: [{ ...source, effect }] });
  expect([policy('block'), policy('alert'), { name: 'Shop', rules: [] }].map(asksForProof)).toEqual([
    true,
    false,
    false,
  ]);
});

test('an admission rule lets through what it does not block', () => {
  const strict = { ...beginning, fail: 'block', cannotJudge: 'block', unknown: 'block' } as const;
  expect(letsThrough(strict)).toBe(false);
  expect(letsThrough({ ...strict, unknown: 'alert' })).toBe(true);
  expect(letsThrough({ ...strict, fail: 'ignore' })).toBe(true);
});
