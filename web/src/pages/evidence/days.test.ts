import { describe, expect, test } from 'vitest';
import type { ControlDay } from '#explorer/contract.ts';
import { dayAfter, dayName, lengthOf, monthMarks, ratePieces, slotsOf, stripWords, withToday } from './days.ts';

const met = (day: string, more: Partial<ControlDay> = {}): ControlDay => ({ day, state: 'met', coverage: 1, ...more });
const kinds = (records: readonly ControlDay[], until: string, length: number): readonly string[] =>
  slotsOf(records, { until, length }).map(({ kind }) => kind);

describe('a strip', () => {
  test('has a place for each day, and a gap where nothing was written down', () => {
    const records = [met('2026-03-01'), met('2026-03-03', { state: 'not-met' })];
    expect(slotsOf(records, { until: '2026-03-04', length: 5 })).toEqual([
      { day: '2026-02-28', kind: 'gap' },
      { day: '2026-03-01', kind: 'met', record: records[0] },
      { day: '2026-03-02', kind: 'gap' },
      { day: '2026-03-03', kind: 'not-met', record: records[1] },
      { day: '2026-03-04', kind: 'gap' },
    ]);
    expect(kinds([], '2026-03-04', 2)).toEqual(['gap', 'gap']);
  });

  test.each([
    [met('2026-03-01'), 'met'],
    [met('2026-03-01', { coverage: 0.99 }), 'partly'],
    [{ day: '2026-03-01', state: 'met' } as const, 'partly'],
    [met('2026-03-01', { state: 'met-with-exceptions' }), 'partly'],
    [met('2026-03-01', { state: 'incomplete' }), 'incomplete'],
    [met('2026-03-01', { state: 'not-applicable' }), 'not-applicable'],
  ])('is full only where all was assessed: %j is %s', (record, kind) => {
    expect(kinds([record], '2026-03-01', 1)).toEqual([kind]);
  });

  test('ends with today as it stands now, unless today was written down', () => {
    const today = met('2026-03-02', { state: 'incomplete' });
    expect(withToday([met('2026-03-01')], today)).toEqual([met('2026-03-01'), today]);
    expect(withToday([met('2026-03-02')], today)).toEqual([met('2026-03-02')]);
  });

  test('begins with the first record, within bounds', () => {
    const asked = { until: '2026-03-31', least: 30, most: 60 };
    expect(lengthOf([], asked)).toBe(30);
    expect(lengthOf([met('2026-03-20')], asked)).toBe(30);
    expect(lengthOf([met('2026-03-20'), met('2026-02-20')], asked)).toBe(40);
    expect(lengthOf([met('2024-03-20')], asked)).toBe(60);
  });

  test('is said in words, the worst first', () => {
    const slots = slotsOf([met('2026-03-01'), met('2026-03-02', { state: 'not-met' })], {
      until: '2026-03-03',
      length: 4,
    });
    expect(stripWords(slots)).toBe('4 days: not met on 1, without a record on 2, met on 1.');
  });

  test('has a line that breaks where no rate is known', () => {
    const rated = [met('2026-03-01', { rate: 0.5 }), met('2026-03-02', { rate: 1 }), met('2026-03-04', { rate: 0 })];
    expect(ratePieces(slotsOf([...rated, met('2026-03-05')], { until: '2026-03-05', length: 5 }))).toEqual([
      [
        [0, 0.5],
        [1, 1],
      ],
      [[3, 0]],
    ]);
    expect(ratePieces([])).toEqual([]);
  });
});

test('days are those of UTC, over the ends of months and years', () => {
  expect(dayAfter('2026-12-31', 1)).toBe('2027-01-01');
  expect(dayAfter('2028-03-01', -1)).toBe('2028-02-29');
  expect(dayName('2026-03-03')).toBe('3 Mar 2026');
  expect(monthMarks(slotsOf([], { until: '2026-04-02', length: 40 }))).toEqual([
    [7, '2026-03-01'],
    [38, '2026-04-01'],
  ]);
});
