import { expect, test } from 'vitest';
import { box, curveOf, heightOf } from './curve-points.ts';

const at = '2026-11-24T00:00:00Z';

test('the more is known, the lower the curve lies, and it ends at the right', () => {
  const points = curveOf(
    [
      { at, dimension: 'process', hours: 4, upper80: 9 },
      { at, dimension: 'network', hours: 5, upper80: 1 },
      { at, dimension: 'process', hours: 10, upper80: 2 },
      { at, dimension: 'process', hours: 12 },
    ],
    'process',
  );
  expect(points).toHaveLength(2);
  expect(points[1]?.[0]).toBe(box.width - 2);
  expect(points[1]?.[1]).toBeGreaterThan(points[0]?.[1] ?? Infinity);
});

test('a bound above what is drawn stays in the box', () => {
  expect(heightOf(1000)).toBe(8);
  expect(heightOf(0)).toBe(box.height - 8);
});
