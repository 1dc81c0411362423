import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countHours,
  decodeHours,
  emptyRing,
  encodeHours,
  hourOf,
  hoursIn,
  mergeRings,
  onlyHour,
  type Ring,
  untilHour,
  withHour,
} from './hours.ts';

const hours = fc.array(fc.integer({ min: 480_000, max: 483_500 }), { maxLength: 40 });
const ringOf = (list: readonly number[]): Ring => list.reduce(withHour, emptyRing);

test('a ring remembers six weeks in whole weeks, and that there was something before', () => {
  const ring = ringOf([1008 * 500, 1008 * 500 + 1007]);
  expect(ring.base).toBe(1008 * 500);
  expect(countHours(ring)).toBe(2);
  const later = withHour(ring, 1008 * 500 + 1008);
  expect(later.base).toBe(1008 * 500 + 168);
  expect(hoursIn(later)).toEqual([1008 * 500 + 1007, 1008 * 500 + 1008]);
  expect(later.old).toBe(true);
  expect(onlyHour(ringOf([7]))).toBe(7);
  expect(onlyHour(ringOf([7, 7 + 2000]))).toBeUndefined();
  expect(hourOf(3_599_999, 3600)).toBe(0);
  expect(hourOf(3_600_000, 3600)).toBe(1);
});

test('what a ring holds does not depend on order, partition or repetition', () => {
  fc.assert(
    fc.property(hours, hours, hours, (one, two, three) => {
      const [a, b, c] = [ringOf(one), ringOf(two), ringOf(three)];
      const all = ringOf([...three, ...one, ...two, ...one]);
      expect(mergeRings(mergeRings(a, b), c)).toEqual(all);
      expect(mergeRings(a, mergeRings(c, b))).toEqual(all);
      expect(mergeRings(all, a)).toEqual(all);
      expect(decodeHours(encodeHours(all))).toEqual(all);
      const last = Math.max(...one, ...two, ...three);
      if (all.bits !== undefined)
        expect(hoursIn(all)).toEqual(
          [...new Set([...one, ...two, ...three])].filter((hour) => hour >= all.base).toSorted((x, y) => x - y),
        );
      expect(hoursIn(all).at(-1) ?? Number.NEGATIVE_INFINITY).toBe(last);
    }),
    { numRuns: 500 },
  );
});

test('a ring of another base is read as the hours it means, and none is later than the clock', () => {
  const bits = Buffer.from([0b101]).toString('base64');
  expect(hoursIn(decodeHours({ base: 480_005, bits, old: false }))).toEqual([480_005, 480_007]);
  expect(decodeHours({ base: 480_005, old: false })).toEqual(emptyRing);
  const ahead = ringOf([480_000, 900_000]);
  expect(hoursIn(untilHour(ahead, 480_010))).toEqual([]);
  expect(untilHour(ahead, 480_010).old).toBe(true);
  expect(hoursIn(untilHour(ringOf([480_000, 480_020]), 480_010))).toEqual([480_000]);
});
