import { expect, test } from 'vitest';
import { idFor } from '../../app/id-for.ts';
import { faceOfRule, type Rule } from '#policy/contract.ts';
import { beginning, problemsOf, refusedAt, saysTheSame } from './draft.ts';

function newRule(kind: Rule['kind']): Rule {
  return faceOfRule(kind)?.beginning ?? expect.fail(kind);
}

test('two texts say the same in whatever order their fields stand', () => {
  expect(saysTheSame({ name: 'a', rules: [], state: 'off' }, { state: 'off', rules: [], name: 'a' })).toBe(true);
  expect(saysTheSame({ name: 'a', rules: [] }, { name: 'a', rules: [], collections: [] })).toBe(false);
});

test('what a text lacks is told at its field', () => {
  expect([...problemsOf(beginning).keys()]).toEqual(['name']);
  const text = { name: 'a', rules: [newRule('severity'), newRule('custom'), newRule('package')] };
  expect([...problemsOf(text).keys()]).toEqual(['rules.1.expression', 'rules.1.message', 'rules.2.deny.0.name']);
  expect(problemsOf({ name: 'a', rules: [newRule('kev'), newRule('stale-feed')] }).size).toBe(0);
});

test('what the console refuses stands at its field', () => {
  expect([...refusedAt('rules.2.expression: Line 1, column 5: no such field')]).toEqual([
    ['rules.2.expression', 'Line 1, column 5: no such field'],
  ]);
  expect([...refusedAt('rules.0.from.1: a b is no registry or repository.').keys()]).toEqual(['rules.0.from.1']);
  expect(refusedAt('The policy is at version 2.').size).toBe(0);
});

test('an id is made of the name, and is its own', () => {
  expect(idFor('Shop, Größe 2!', [])).toBe('shop-gro-e-2');
  expect(idFor('Shop', ['shop', 'shop-2'])).toBe('shop-3');
  expect(idFor('new', [])).toBe('new-2');
  expect(idFor('港', [])).toBe('unnamed');
  expect(idFor('x'.repeat(200), []).length).toBeLessThanOrEqual(63);
});
