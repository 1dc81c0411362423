import { describe, expect, test } from 'vitest';
import { correctedTime, measureOffset, settleOffset } from './clock-offset.ts';

const now = new Date('2026-11-24T12:00:00.000Z');
const at = (seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString();

describe('the clock of an agent', () => {
  test.each([
    [0, 0],
    [600, 600],
    [-600, -600],
    [0.04, 0],
    [0.06, 0.1],
    [-0.04, -0],
    [-0.06, -0.1],
    [1.24, 1.2],
  ])('that says %d s from now is %d s ahead', (seconds, offset) => {
    expect(measureOffset(at(seconds), now)).toBe(offset);
  });

  test.each([
    ['nothing is known', 5, null, 10, 5],
    ['an empty batch is believed, ahead', 9, 5, 0, 9],
    ['an empty batch is believed, behind', 1, 5, 0, 1],
    ['a batch with one fact, a little behind', 4, 5, 1, 5],
    ['with facts, the same', 5, 5, 10, 5],
    ['with facts, ahead', 6, 5, 10, 6],
    ['with facts, behind as a slow request', -114.9, 5, 10, 5],
    ['with facts, behind as much as a request may take', -115, 5, 10, -115],
    ['with facts, further behind', -200, 5, 10, -200],
  ] as const)('%s: %d after %o with %d facts is %d', (...[, measured, known, facts, settled]) => {
    expect(settleOffset(measured, known, facts)).toBe(settled);
  });

  test.each([
    ['right', -10, 0, -10],
    ['a travel ahead is not corrected', -10, 0.9, -10],
    ['a travel behind is not corrected', -10, -0.9, -10],
    ['from a second on it is', -10, 1, -11],
    ['behind, from a second on', -10, -1, -9],
    ['ahead', 590, 600, -10],
    ['behind', -610, -600, -10],
    ['nothing is later than now', 5, 0, 0],
    ['nothing is later than now once it is corrected', -5, -600, 0],
    ['now itself', 0, 0, 0],
  ] as const)('%s: %d s with an offset of %d is %d s', (...[, seconds, offset, corrected]) => {
    expect(correctedTime(at(seconds), { offset, now })).toBe(at(corrected));
  });

  test('nothing is before 1970', () => {
    expect(correctedTime('1970-01-01T00:00:01Z', { offset: 600, now })).toBe('1970-01-01T00:00:00.000Z');
    expect(correctedTime('1970-01-01T00:00:01Z', { offset: 0, now })).toBe('1970-01-01T00:00:01.000Z');
  });
});
