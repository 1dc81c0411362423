import { expect, test } from 'vitest';
import { parseTimeRange, timeQuery } from './time-range.ts';

const opened = Date.UTC(2026, 10, 24, 15);
const local = (month: number, day: number): string => new Date(2026, month, day).toISOString();

test.each([
  [{}, {}],
  [{ since: 'day' }, { since: '2026-11-23T15:00:00.000Z' }],
  [{ since: 'week' }, { since: '2026-11-17T15:00:00.000Z' }],
  [{ from: '2026-11-02' }, { since: local(10, 2) }],
  // The last day is included.
  [{ until: '2026-11-30' }, { until: local(11, 1) }],
  [
    { since: 'month', from: '2026-11-02', until: '2026-11-03' },
    { since: local(10, 2), until: local(10, 4) },
  ],
] as const)('%j asks for %j', (range, asked) => {
  expect(timeQuery(parseTimeRange(range), opened)).toEqual(asked);
});

test.each(['2026-02-30', '2026-13-01', '24.11.2026', '', 'now', "2026-11-24' or"])('%j is no day', (from) => {
  expect(parseTimeRange({ from, until: from, since: from })).toEqual({});
});
