import { expect, test } from 'vitest';
import { idFor } from '../../app/id-for.ts';
import { beginning, expressionProblem, newRule, problemsOf, saysTheSame } from './draft.ts';

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

test('the place of a fault in an expression is read from the refusal', () => {
  expect(expressionProblem('rules.2.expression: Line 1, column 5: no such field')).toEqual({
    rule: 2,
    line: 1,
    column: 5,
    message: 'no such field',
  });
  expect(expressionProblem('The policy is at version 2.')).toBeUndefined();
});

test('an id is made of the name, and is its own', () => {
  expect(idFor('Shop, Größe 2!', [])).toBe('shop-gro-e-2');
  expect(idFor('Shop', ['shop', 'shop-2'])).toBe('shop-3');
  expect(idFor('new', [])).toBe('new-2');
  expect(idFor('港', [])).toBe('unnamed');
  expect(idFor('x'.repeat(200), []).length).toBeLessThanOrEqual(63);
});
