import type { IncidentDay } from '#runtime/contract.ts';
import { incidentSeverities } from './incidents-search.ts';

/** Days that the histogram shows at most, and at least where no time range says otherwise. */
const mostDays = 90;
const leastDays = 14;
const dayLength = 24 * 60 * 60_000;

/** One bar. */
export interface HistogramDay extends IncidentDay {
  readonly total: number;
}

interface Window {
  /** The range that is asked for, as moments. */
  readonly since?: string;
  readonly until?: string;
  readonly now: Date;
}

/**
 * Every day of a time range, those without incidents among them: the newest 90. Without a first day it starts with the
 * first incident, and shows two weeks at least.
 */
export function histogramDays(counts: readonly IncidentDay[], { since, until, now }: Window): readonly HistogramDay[] {
  const last = dayOf(until === undefined ? now : new Date(Math.min(now.getTime(), Date.parse(until) - 1)));
  const known = counts[0]?.day;
  const least = addDays(last, 1 - leastDays);
  const first = since === undefined ? (known !== undefined && known < least ? known : least) : dayOf(new Date(since));
  const oldest = addDays(last, 1 - mostDays);
  const byDay = new Map(counts.map((one) => [one.day, one]));
  const days: HistogramDay[] = [];
  for (let day = first < oldest ? oldest : first; day <= last; day = addDays(day, 1)) {
    const one = byDay.get(day) ?? { day, critical: 0, high: 0, medium: 0, low: 0 };
    days.push({ ...one, total: incidentSeverities.reduce((sum, severity) => sum + one[severity], 0) });
  }
  return days;
}

/** Highest value of the axis: 1, 2 or 5 times a power of ten, so that its middle is a round figure too. */
export function axisTop(days: readonly HistogramDay[]): number {
  const most = Math.max(2, ...days.map(({ total }) => total));
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 6, 8, 10].map((step) => step * power).find((top) => top >= most) ?? 10 * power;
}

/** `2026-11-24`, where the reader is. */
function dayOf(moment: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayLength).toISOString().slice(0, 10);
}
