import type { AssessedControl } from '../assessment.ts';

type State = AssessedControl['days'][number]['state'];

/** How a control stood at the end of a day; without a state there is no record of it. */
export interface DayStand {
  readonly day: string;
  readonly state: State | undefined;
}

/** Consecutive days on which it stood alike. */
export interface Period {
  readonly from: string;
  readonly to: string;
  readonly state: State | undefined;
}

const dayLength = 24 * 60 * 60_000;
/** Days that a strip has at most: three years. */
const longestStrip = 1100;

/** Every day from the first to the last record. */
export function daysWithGaps(days: AssessedControl['days']): readonly DayStand[] {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const known = new Map(days.map((one) => [one.day, one.state]));
  const from = Date.parse(first.day);
  const count = Math.min(longestStrip, Math.round((Date.parse(last.day) - from) / dayLength) + 1);
  return Array.from({ length: count }, (_, at) => {
    const day = new Date(from + at * dayLength).toISOString().slice(0, 10);
    return { day, state: known.get(day) };
  });
}

export function periodsOf(days: readonly DayStand[]): readonly Period[] {
  const periods: Period[] = [];
  for (const { day, state } of days) {
    const before = periods.at(-1);
    if (before !== undefined && before.state === state) periods[periods.length - 1] = { ...before, to: day };
    else periods.push({ from: day, to: day, state });
  }
  return periods;
}
