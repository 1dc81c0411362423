import fc from 'fast-check';
import { expect, it } from 'vitest';
import { riskPartsOf } from './risk-parts.ts';

it('keeps the order of the formula and joins what known exploitation adds', () => {
  const parts = riskPartsOf({
    fix: 2,
    kev: 3,
    ransomware: 1.5,
    epss: 20,
    severity: 12,
    environment: 7,
    user: 0,
    novel: 1,
  });
  expect(parts.map(({ name, points }) => [name, points])).toEqual([
    ['EPSS', 20],
    ['Known exploited', 4.5],
    ['Severity', 12],
    ['Environment', 7],
    ['Fix', 2],
    ['novel', 1],
  ]);
});

it('loses no point, whatever the factors are called', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z-]{1,12}$/), fc.integer({ min: 0, max: 38 })), (points) => {
      const drawn = riskPartsOf(points).reduce((sum, one) => sum + one.points, 0);
      expect(drawn).toBe(Object.values(points).reduce((sum, one) => sum + one, 0));
    }),
  );
});
