import type { listEvidenceChanges } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { count, counted } from '../../ui/format.ts';
import type { MarkState } from '../../ui/state-mark.tsx';
import { dayAfter, dayOf } from './days.ts';
import { type ChangesSearch, endOf, isPast } from './evidence-search.ts';
import { controlWords } from './standing.ts';

type ControlChange = ReplyOf<typeof listEvidenceChanges>['controls'][number];

/** Days that are compared unless the address names some. */
const usualDays = 7;

/** The two moments that are compared. */
interface Span {
  /** Their days, UTC. */
  readonly first: string;
  readonly last: string;
  readonly from: string;
  readonly to: string;
}

/** From the end of one day to the end of another, the earlier first. */
export function spanOf({ from, to }: Pick<ChangesSearch, 'from' | 'to'>, now: Date): Span {
  const last = to ?? dayOf(now);
  const [first, second] = [from ?? dayAfter(last, -usualDays), last].toSorted() as [string, string];
  return { first, last: second, from: momentOf(first, now), to: momentOf(second, now) };
}

/** Of a day that has not ended, now. */
function momentOf(day: string, now: Date): string {
  return isPast({ at: day }, now) ? endOf(day) : now.toISOString();
}

/** Before the name of what another part of the product answered. */
const measured = 'answer/';

/** What an answer is called that no check gave: `Image scanned, measured by Seawall`. */
export function answerName(check: string): string {
  if (!check.startsWith(measured)) return check;
  const name = check.slice(measured.length).replaceAll('-', ' ');
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}, measured by Seawall`;
}

const order = Object.keys(controlWords);

/** Which way a control went. `applies`: it began or ceased to apply, which is neither. */
export function wayOf({ from, to }: Pick<ControlChange, 'from' | 'to'>): 'worse' | 'better' | 'applies' {
  if (from === 'not-applicable' || to === 'not-applicable') return 'applies';
  return order.indexOf(to) < order.indexOf(from) ? 'worse' : 'better';
}

/** What the page says first: what became worse. */
export function changesHead(controls: readonly ControlChange[]): {
  readonly state?: MarkState;
  readonly verdict: string;
  readonly reason: string;
} {
  const numberOf = (way: ReturnType<typeof wayOf>): number => controls.filter((one) => wayOf(one) === way).length;
  const [worse, better, applies] = [numberOf('worse'), numberOf('better'), numberOf('applies')];
  if (controls.length === 0) return { verdict: 'No control stands otherwise.', reason: '' };
  const rest = [
    ...(better > 0 ? [`${counted(better, 'stands', 'stand')} better.`] : []),
    ...(applies > 0 ? [`${count(applies)} began or ceased to apply.`] : []),
  ].join(' ');
  if (worse === 0) return { verdict: 'No control stands worse.', reason: rest };
  return { state: 'fail', verdict: `${counted(worse, 'control stands', 'controls stand')} worse.`, reason: rest };
}
