import { expect, test } from 'vitest';
import { ruleInWords, scopeInWords } from './words.ts';

const base = { kind: 'severity', onlyFixed: false, unrated: 'block', effect: 'block' } as const;

test('a rule of severity names limit, fix, unrated findings and grace', () => {
  const medium = { by: 'severity', severity: 'medium' } as const;
  expect(ruleInWords({ ...base, threshold: medium })).toBe('Block Medium and higher');
  expect(
    ruleInWords({ ...base, threshold: medium, onlyFixed: true, unrated: 'alert', grace: { critical: 3, other: 14 } }),
  ).toBe('Block Medium and higher with a fix, alert on unrated ones, 14 days of grace (Critical 3)');
  expect(ruleInWords({ ...base, threshold: { by: 'cvss', score: 7 } })).toBe('Block CVSS 7.0 and higher');
  expect(ruleInWords({ ...base, threshold: { by: 'severity', severity: 'critical' } })).toBe('Block Critical');
});

test('other rules are told in one sentence each', () => {
  const deny = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, why: '' }));
  expect(ruleInWords({ kind: 'package', deny, effect: 'block' })).toBe('Block a, b, c and 2 other packages');
  expect(ruleInWords({ kind: 'kev', only: 'ransomware', effect: 'alert' })).toBe(
    'Alert on findings that CISA lists as exploited by ransomware',
  );
  expect(ruleInWords({ kind: 'stale-feed', days: 1, effect: 'cannot-judge' })).toBe(
    'No verdict for feeds older than 1 day',
  );
  const signature = { kind: 'signature', need: 'any', unknown: 'alert', effect: 'block' } as const;
  expect(ruleInWords({ ...signature, keys: [] })).toBe(
    'Block images not signed by a chosen key, alert on unknown ones',
  );
  expect(ruleInWords({ ...signature, keys: ['release'], unknown: 'block' })).toBe(
    'Block images not signed by release, unknown ones too',
  );
  expect(ruleInWords({ ...signature, keys: ['release', 'spare'], need: 'all' })).toContain(
    'not signed by all of 2 keys',
  );
  const based = { kind: 'approved-base', unknown: 'block', effect: 'block' } as const;
  expect(ruleInWords({ ...based, bases: [] })).toContain('images not built on a chosen base, unknown ones too');
  expect(ruleInWords({ ...based, bases: ['alpine'] })).toBe('Block images not built on alpine, unknown ones too');
});

test('a scope is everything, nothing, or collections by name', () => {
  const names = new Map([['shop', 'Shop']]);
  const say = (collections?: readonly string[]) =>
    scopeInWords(collections === undefined ? {} : { collections }, (id) => names.get(id));
  expect(say()).toBe('everything');
  expect(say([])).toMatch(/^nothing/);
  expect(say(['shop', 'gone'])).toBe('Shop, gone (deleted)');
});
