import { expect, test } from 'vitest';
import { isOfHostsAlone, patternsIn, selectsInWords } from './collection-text.ts';

test('patterns stand one in each line', () => {
  expect(patternsIn(' shop/*\n\n-shop/test \n')).toEqual(['shop/*', '-shop/test']);
});

test('what a collection selects is said in words', () => {
  expect(selectsInWords({})).toBe('everything');
  expect(selectsInWords({ images: ['a', 'b', '-c'], hosts: ['-pier-9'] })).toBe(
    'images a or b, not c, and hosts not pier-9',
  );
});

test('an environment is only for hosts alone', () => {
  expect(isOfHostsAlone({ hosts: ['pier-*'], images: [] })).toBe(true);
  expect(isOfHostsAlone({ hosts: ['pier-*'], labels: ['a=b'] })).toBe(false);
  expect(isOfHostsAlone({})).toBe(false);
});
