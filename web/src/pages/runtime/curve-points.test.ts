import { expect, test } from 'vitest';
import type { ReadModel } from './read-model.ts';
import { curveOf, target } from './curve-points.ts';

const curve = [
  { dimension: 'process', hours: 12, upper80: 1.5 },
  { dimension: 'process', hours: 2, upper80: 19.7 },
  { dimension: 'process', hours: 12, upper80: 1.4 },
  { dimension: 'process', hours: 1 },
  { dimension: 'network', hours: 3, upper80: 8 },
] as unknown as ReadModel['curve'];

test('a curve has its own dimension alone, in the order of hours, the newest value of each', () => {
  const { points, limit } = curveOf(curve, 'process');
  expect(points).toEqual([
    { x: 2, y: 19.7 },
    { x: 12, y: 1.4 },
  ]);
  expect(limit?.y).toBe(target);
});
