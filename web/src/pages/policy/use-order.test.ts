import { expect, test } from 'vitest';
import { movedTo } from './use-order.ts';

test('an entry moves to another place, and the last one stays last', () => {
  const entries = ['a', 'b', 'c', 'last'];
  expect(movedTo(entries, 0, 2)).toEqual(['b', 'c', 'a', 'last']);
  expect(movedTo(entries, 2, 0)).toEqual(['c', 'a', 'b', 'last']);
  for (const [from, to] of [
    [0, 3],
    [3, 0],
    [1, 1],
    [0, -1],
    [9, 0],
  ] as const)
    expect(movedTo(entries, from, to)).toBeUndefined();
});
