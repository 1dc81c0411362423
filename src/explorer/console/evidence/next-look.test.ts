import { expect, test } from 'vitest';
import { nextLook } from './next-look.ts';

const now = new Date('2026-11-24T12:00:00Z');
const minute = 60_000;

function minutesUntil(place: string, ...moments: readonly (number | undefined)[]): number {
  const next = nextLook(place, {
    now,
    moments: moments.map((one) => (one === undefined ? undefined : new Date(now.getTime() + one * minute))),
  });
  return (next.getTime() - now.getTime()) / minute;
}

test.each<readonly [string, readonly (number | undefined)[], number]>([
  ['the first moment counts', [7, 3, 5], 3],
  ['one that is past does not count', [-1, 4], 4],
  ['one that nobody knows does not count', [undefined, 6], 6],
  ['one that is no date does not count', [Number.NaN, 6], 6],
  ['an answer that holds until now ends now', [0], 0],
])('%s', (_, moments, expected) => {
  expect(minutesUntil('quay-1', ...moments)).toBeCloseTo(expected, 4);
});

test('without a moment places come back in 10 to 20 minutes, each at its own time', () => {
  const all = Array.from({ length: 200 }, (_, at) => minutesUntil(`host-${at}`));
  expect(Math.min(...all)).toBeGreaterThan(10);
  expect(Math.max(...all)).toBeLessThan(20.001);
  const inOneMinute = Map.groupBy(all, Math.floor);
  expect(Math.max(...[...inOneMinute.values()].map((some) => some.length))).toBeLessThan(45);
  expect(minutesUntil('host-1')).toBe(minutesUntil('host-1', 60));
});
