import { expect, test } from 'vitest';
import { happenedOf } from './happened-of.ts';

test.each([
  ['gauge-1: docker exec ran /x', 'gauge-1', 'docker exec ran /x'],
  ['gauge-1 is away', 'gauge-1', 'gauge-1 is away'],
  ['gauge-10: ran /x', 'gauge-1', 'gauge-10: ran /x'],
  ['', 'gauge-1', ''],
])('%s of %s: %s', (title, name, words) => {
  expect(happenedOf({ title, container: { name } })).toBe(words);
});
