import type { AssessedControl } from '../assessment.ts';
import { daysWithGaps, type DayStand, type Period, periodsOf } from './days.ts';
import { type Html, html } from './html.ts';
import { paths } from './paths.ts';
import { day, stateWord } from './report-words.ts';

const marks: Readonly<Record<string, string>> = {
  met: '✓',
  'not-met': '✕',
  incomplete: '?',
  'met-with-exceptions': '◐',
};
/** Periods that the report names, the newest; the table has every day. */
const shownPeriods = 40;

/** Day by day, as a strip and in words that paper shows as well. A day without a record is a gap. */
export function historyOf({ days, daysMissing, gaps }: AssessedControl): Html {
  const all = daysWithGaps(days);
  const [first, last] = [all[0], all.at(-1)];
  const strip =
    first &&
    html`<h3>Day by day, ${first.day} to ${last?.day}</h3><div class="strip">${all.map(markOf)}</div>${periodList(all)}
<p class="quiet">There is no record here of days before ${first.day}.</p>`;
  return html`${strip}
${daysMissing === undefined ? undefined : html`<h3>Day by day</h3><p>${daysMissing}</p>`}
${gaps.length === 0 ? undefined : html`<h3>Gaps</h3><ul>${gaps.map(({ from, to, host, reason }) => html`<li>${host}, ${day(from)} to ${to === undefined ? 'now' : day(to)}: ${reason}</li>`)}</ul>`}`;
}

function markOf({ day: name, state }: DayStand): Html {
  return state === undefined
    ? html`<span class="incomplete" title="${name}: no record"> </span>`
    : html`<span class="${state}" title="${name}: ${state}">${marks[state] ?? '○'}</span>`;
}

function periodList(days: readonly DayStand[]): Html {
  const periods = periodsOf(days);
  const shown = periods.slice(-shownPeriods);
  const more = periods.length - shown.length;
  return html`<ul>${shown.map(periodLine)}</ul>${more > 0 ? html`<p class="quiet">${more} earlier periods are in ${paths.days}.</p>` : undefined}`;
}

function periodLine({ from, to, state }: Period): Html {
  const when = from === to ? from : `${from} to ${to}`;
  return state === undefined
    ? html`<li>${when}: no record. This console did not look at the control.</li>`
    : html`<li>${when}: ${stateWord(state)}</li>`;
}
