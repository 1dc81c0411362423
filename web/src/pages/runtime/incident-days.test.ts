import { describe, expect, it } from 'vitest';
import { axisTop, histogramDays } from './incident-days.ts';

const now = new Date(2026, 10, 24, 12);
const of = (day: string, more: object = {}) => ({ day, critical: 0, high: 0, medium: 0, low: 0, ...more });
const moment = (day: number): string => new Date(2026, 10, day).toISOString();

describe('histogramDays', () => {
  it('has every day of the range, days without incidents among them', () => {
    const days = histogramDays([of('2026-11-22', { high: 2, low: 1 })], { since: moment(21), now });
    expect(days.map(({ day, total }) => [day, total])).toEqual([
      ['2026-11-21', 0],
      ['2026-11-22', 3],
      ['2026-11-23', 0],
      ['2026-11-24', 0],
    ]);
    expect(histogramDays([], { since: moment(20), until: moment(22), now }).map(({ day }) => day)).toEqual([
      '2026-11-20',
      '2026-11-21',
    ]);
  });

  it('starts with the first incident where no range is set, two weeks back at least', () => {
    expect(histogramDays([], { now })).toHaveLength(14);
    expect(histogramDays([of('2026-11-20', { low: 1 })], { now })).toHaveLength(14);
    const days = histogramDays([of('2026-10-01', { low: 1 }), of('2026-11-20', { low: 1 })], { now });
    expect([days[0]?.day, days.at(-1)?.day, days.length]).toEqual(['2026-10-01', '2026-11-24', 55]);
  });

  it('keeps the newest 90 days', () => {
    const days = histogramDays([of('2025-01-01', { low: 1 })], { now });
    expect([days.length, days.at(-1)?.day]).toEqual([90, '2026-11-24']);
  });
});

it('axisTop is a round figure that no day exceeds', () => {
  for (const total of [0, 1, 2, 3, 7, 9, 11, 19, 21, 99, 101, 5432]) {
    const top = axisTop([{ ...of('2026-11-24'), total }]);
    expect(top).toBeGreaterThanOrEqual(total);
    expect(Number.isInteger(top / 2)).toBe(true);
    expect(top).toBeLessThanOrEqual(Math.max(2, 2 * total));
  }
});
