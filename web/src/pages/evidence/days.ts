import type { ControlDay } from '#explorer/contract.ts';
import { count, counted } from '../../ui/format.ts';
import { isCovered } from './standing.ts';

/** How a day of a strip is drawn. `gap`: nothing is known of it. `partly`: met with exceptions, or where it was assessed. */
export type DayKind = 'gap' | 'not-met' | 'incomplete' | 'partly' | 'met' | 'not-applicable';

/** One day of a strip, whether anything is known of it or not. */
export interface DaySlot {
  /** UTC: `2026-11-24`. */
  readonly day: string;
  readonly kind: DayKind;
  readonly record?: ControlDay;
}

const dayLength = 86_400_000;
const name = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** A day of UTC for people, wherever they are: `24 Nov 2026`. */
export function dayName(day: string): string {
  return name.format(new Date(day));
}

/** The day of a moment, UTC. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** A day some days later, or earlier. */
export function dayAfter(day: string, days: number): string {
  return dayOf(new Date(Date.parse(day) + days * dayLength));
}

/** Days with the one that has not ended: it stands as it stands now, where nothing was written down of it yet. */
export function withToday(records: readonly ControlDay[], now: ControlDay): readonly ControlDay[] {
  return records.some(({ day }) => day === now.day) ? records : [...records, now];
}

/** As many days as asked for, up to one and with it, oldest first. */
export function slotsOf(
  records: readonly ControlDay[],
  { until, length }: { readonly until: string; readonly length: number },
): readonly DaySlot[] {
  const known = new Map(records.map((record) => [record.day, record]));
  return Array.from({ length }, (_, index) => {
    const day = dayAfter(until, index + 1 - length);
    const record = known.get(day);
    return record === undefined ? { day, kind: 'gap' } : { day, kind: kindOf(record), record };
  });
}

function kindOf(record: ControlDay): DayKind {
  switch (record.state) {
    case 'met':
      return isCovered(record) ? 'met' : 'partly';
    case 'met-with-exceptions':
      return 'partly';
    case 'not-assessed':
      return 'gap';
    case 'not-met':
    case 'incomplete':
    case 'not-applicable':
      return record.state;
  }
}

/** Days from the first record on, within bounds. */
export function lengthOf(
  records: readonly ControlDay[],
  { until, least, most }: { readonly until: string; readonly least: number; readonly most: number },
): number {
  const first = records.map(({ day }) => day).toSorted()[0] ?? until;
  return Math.min(most, Math.max(least, (Date.parse(until) - Date.parse(first)) / dayLength + 1));
}

/** Each kind of day with its words, the worst first. */
export const dayWords: Readonly<Record<DayKind, string>> = {
  'not-met': 'not met',
  gap: 'without a record',
  incomplete: 'incomplete',
  partly: 'met in part',
  met: 'met',
  'not-applicable': 'not applicable',
};

/** The strip in words: `30 days: not met on 4, without a record on 6, met on 20.` */
export function stripWords(slots: readonly DaySlot[]): string {
  const parts = (Object.keys(dayWords) as readonly DayKind[]).flatMap((kind) => {
    const number = slots.filter((slot) => slot.kind === kind).length;
    return number === 0 ? [] : [`${dayWords[kind]} on ${count(number)}`];
  });
  return `${counted(slots.length, 'day')}: ${parts.join(', ')}.`;
}

/** Pieces of a line over a strip, each without a gap: places of days and rates. */
export function ratePieces(
  slots: readonly DaySlot[],
): readonly (readonly (readonly [place: number, rate: number])[])[] {
  const pieces: [number, number][][] = [];
  let isOpen = false;
  for (const [place, { record }] of slots.entries()) {
    if (record?.rate === undefined) {
      isOpen = false;
      continue;
    }
    if (isOpen) pieces.at(-1)?.push([place, record.rate]);
    else pieces.push([[place, record.rate]]);
    isOpen = true;
  }
  return pieces;
}

/** First days of months in a strip, with their places. */
export function monthMarks(slots: readonly DaySlot[]): readonly (readonly [place: number, day: string])[] {
  return slots.flatMap(({ day }, place) => (day.endsWith('-01') ? [[place, day] as const] : []));
}
