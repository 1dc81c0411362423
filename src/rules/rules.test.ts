import { expect, test } from 'vitest';
import { ruleFor, withRule } from './index.ts';

const rule = (id: string, more: { readonly collections?: readonly string[]; readonly state?: 'on' | 'off' } = {}) => ({
  id,
  name: id,
  version: 1,
  ...more,
});
const collections = [{ id: 'prod', name: 'Production', description: '', selects: { environments: ['prod'] } }];
const inProd = { images: [], labels: {}, environment: 'prod' };
const rules = [
  rule('off', { state: 'off' }),
  rule('gone', { collections: ['deleted'] }),
  rule('prod', { collections: ['deleted', 'prod'], state: 'on' }),
  rule('last'),
];

test('the first rule that is on and whose scope holds something holds for it', () => {
  expect(ruleFor(rules, collections, inProd)?.id).toBe('prod');
  expect(ruleFor(rules, collections, { ...inProd, environment: 'dev' })?.id).toBe('last');
  expect(ruleFor(rules.slice(0, 2), collections, inProd)).toBeUndefined();
});

test('an edited rule stays in its place, and a new one stands before the last', () => {
  const edited = rule('prod');
  expect(withRule(rules, edited)).toEqual(rules.with(2, edited));
  expect(withRule(rules, rule('new')).map(({ id }) => id)).toEqual(['off', 'gone', 'prod', 'new', 'last']);
});
