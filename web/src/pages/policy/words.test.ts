import { expect, test } from 'vitest';
import { ruleInWords, scopeInWords } from './words.ts';

const base = { kind: 'severity', onlyFixed: false, unrated: 'block', effect: 'block' } as const;

test('a rule of severity names limit, fix, unrated findings and grace', () => {
  const medium = { by: 'severity', severity: 'medium' } as const;
  expect(ruleInWords({ ...base, threshold: medium })).toBe('Blocks Medium and higher');
  expect(
    ruleInWords({ ...base, threshold: medium, onlyFixed: true, unrated: 'alert', grace: { critical: 3, other: 14 } }),
  ).toBe('Blocks Medium and higher that has a fix, alerts on unrated ones, 14 days of grace (Critical 3)');
  expect(ruleInWords({ ...base, threshold: { by: 'cvss', score: 7 } })).toBe('Blocks CVSS 7.0 and higher');
  expect(ruleInWords({ ...base, threshold: { by: 'severity', severity: 'critical' } })).toBe('Blocks Critical');
});

test('other rules are told in one sentence each', () => {
  const deny = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, why: '' }));
  expect(ruleInWords({ kind: 'package', deny, effect: 'block' })).toBe('Blocks a, b, c and 2 other packages');
  expect(ruleInWords({ kind: 'kev', only: 'ransomware', effect: 'alert' })).toBe(
    'Alerts on what CISA lists as exploited by ransomware',
  );
  expect(ruleInWords({ kind: 'stale-feed', days: 1, effect: 'cannot-judge' })).toBe(
    'Gives no verdict on feeds older than 1 day',
  );
  const signature = { kind: 'signature', need: 'any', unknown: 'alert', effect: 'block' } as const;
  expect(ruleInWords({ ...signature, keys: [] })).toBe(
    'Blocks what is not signed by a key of your choice, alerts on what is not known',
  );
  expect(ruleInWords({ ...signature, keys: ['release'], unknown: 'block' })).toBe(
    'Blocks what release did not sign, or is not known to be signed',
  );
  expect(ruleInWords({ ...signature, keys: ['release', 'spare'], need: 'all' })).toContain(
    'what not all of 2 keys signed',
  );
  const based = { kind: 'approved-base', unknown: 'block', effect: 'block' } as const;
  expect(ruleInWords({ ...based, bases: [] })).toContain('what is not built on a base of your choice, or');
  expect(ruleInWords({ ...based, bases: ['alpine'] })).toBe(
    'Blocks what is not built on alpine, or is not known to be',
  );
});

test('a scope is everything, nothing, or collections by name', () => {
  const names = new Map([['shop', 'Shop']]);
  const say = (collections?: readonly string[]) =>
    scopeInWords(collections === undefined ? {} : { collections }, (id) => names.get(id));
  expect(say()).toBe('Everything');
  expect(say([])).toMatch(/^Nothing/);
  expect(say(['shop', 'gone'])).toBe('Shop, gone (deleted)');
});
