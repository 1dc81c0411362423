import { expect, test } from 'vitest';
import { clockWords } from './clock-words.ts';

const made = new Date('2036-11-28T04:50:00Z');

test.each([
  ['2036-11-28T04:50:00Z', false],
  ['2036-11-28T04:48:00Z', false],
  ['2036-11-28T04:47:59Z', true],
  ['2026-12-01T05:00:00Z', true],
  ['2046-12-01T05:00:00Z', false],
])('at %s the clock is said to be wrong: %s', (now, isSaid) => {
  const words = clockWords(made, new Date(now));
  expect(words !== '').toBe(isSaid);
  if (isSaid) expect(words).toMatch(/holds from 2036-11-28 04:50 UTC.*\n.*timedatectl.*--reset-keys/);
});
