import { expect, test } from 'vitest';
import { holdingVerdict, type Weighed } from './holding-verdict.ts';

/** From the one that holds before all others. */
const worstFirst: readonly Weighed[] = [
  { kind: 'fail', violations: 2, scan: 'e' },
  { kind: 'cannot-judge', violations: 1, scan: 'd' },
  { kind: 'pass', violations: 1, scan: 'c' },
  { kind: 'pass', violations: 0, scan: 'b' },
];

test('the worst of all verdicts holds, in whatever order they come', () => {
  for (let from = 0; from < worstFirst.length; from++)
    for (const verdicts of permutations(worstFirst.slice(from)))
      expect(holdingVerdict(verdicts)).toBe(worstFirst[from]);
});

test('of two that weigh the same one holds, the same in each order', () => {
  const [one, other] = [
    { kind: 'fail', violations: 2, scan: 'a' },
    { kind: 'fail', violations: 1, scan: 'b' },
  ] as const;
  expect(holdingVerdict([one, other])).toBe(one);
  expect(holdingVerdict([other, one])).toBe(one);
  expect(holdingVerdict([])).toBeUndefined();
});

function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}
