import { expect, test } from 'vitest';
import { pairedRatio } from './pairs.ts';

test('the interval of 20 pairs runs from the sixth to the fifteenth (tables of the sign test)', () => {
  const ratios = Array.from({ length: 20 }, (_, index) => index + 1).toReversed();
  expect(pairedRatio(ratios)).toEqual({ median: 10.5, low: 6, high: 15 });
});

test('five pairs are too few', () => {
  expect(() => pairedRatio([1, 1, 1, 1, 1])).toThrow('too few');
});
