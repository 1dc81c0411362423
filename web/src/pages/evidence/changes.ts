import type { listEvidenceChanges } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { counted } from '../../ui/format.ts';
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

/** Whether a control stands worse than before: it is not met, or less is known of it. */
export function isWorse({ from, to }: Pick<ControlChange, 'from' | 'to'>): boolean {
  return order.indexOf(to) < order.indexOf(from);
}

/** What the page says first: what became worse. */
export function changesHead(controls: readonly ControlChange[]): {
  readonly state?: MarkState;
  readonly verdict: string;
  readonly reason: string;
} {
  const worse = controls.filter(isWorse).length;
  const others = controls.length - worse;
  if (controls.length === 0) return { verdict: 'No control stands otherwise.', reason: '' };
  if (worse === 0)
    return { verdict: `${counted(others, 'control stands', 'controls stand')} better.`, reason: 'None stands worse.' };
  return {
    state: 'fail',
    verdict: `${counted(worse, 'control stands', 'controls stand')} worse.`,
    reason: others === 0 ? '' : `${counted(others, 'stands', 'stand')} better.`,
  };
}
