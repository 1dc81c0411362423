import type { FilterChoice } from '../ui/filter-choice.ts';
import { wordOf } from './search-text.ts';

const spans = ['day', 'week', 'month'] as const;
const dayLength = 24 * 60 * 60_000;
const days: Readonly<Record<(typeof spans)[number], number>> = { day: 1, week: 7, month: 30 };

/** A time range as an address holds it: a span back from now, or days of the reader's calendar, both included. */
export interface TimeRange {
  readonly since?: (typeof spans)[number] | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

export function parseTimeRange(raw: Readonly<Record<string, unknown>>): TimeRange {
  return { since: wordOf(raw['since'], spans), from: dateOf(raw['from']), until: dateOf(raw['until']) };
}

/** The range as the API takes it: from a moment, and before another. The later of span and first day holds. */
export function timeQuery({ since, from, until }: TimeRange, openedAt: number): { since?: string; until?: string } {
  const starts = [
    ...(since === undefined ? [] : [openedAt - days[since] * dayLength]),
    ...(from === undefined ? [] : [midnight(from, 0)]),
  ];
  return {
    ...(starts.length > 0 && { since: new Date(Math.max(...starts)).toISOString() }),
    ...(until !== undefined && { until: new Date(midnight(until, 1)).toISOString() }),
  };
}

/** The filters for people. */
export const timeFilters: readonly FilterChoice[] = [
  {
    id: 'since',
    name: 'Time',
    options: [
      ['day', 'last 24 hours'],
      ['week', 'last 7 days'],
      ['month', 'last 30 days'],
    ],
  },
  { id: 'from', name: 'From', input: 'date' },
  { id: 'until', name: 'Until', input: 'date' },
];

/** A day of the calendar, `2026-11-24`, or nothing. */
export function dateOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return undefined;
  return Number.isNaN(Date.parse(value)) || new Date(value).toISOString().slice(0, 10) !== value ? undefined : value;
}

/** The beginning of a day where the reader is, some days later. */
function midnight(date: string, later: number): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(year, month - 1, day + later).getTime();
}
