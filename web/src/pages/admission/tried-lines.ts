import { type TrialLine, trialRounds } from '#gate/contract.ts';
import { counted } from '../../ui/format.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

/** A block line of a rule, and how the rings stood to it that decide it. */
export interface TriedLine {
  readonly key: string;
  readonly check: string;
  readonly rule?: TrialLine['rule'];
  readonly mark: LineMark;
  /** Rings that answered alike stand together; the worst come first. */
  readonly rings: readonly RingsOfLine[];
}

/** Of its worst ring. */
interface LineMark {
  readonly state: MarkState;
  readonly word: string;
}

export interface RingsOfLine extends Pick<TrialLine, 'state' | 'tried' | 'refused' | 'untried' | 'last' | 'reason'> {
  readonly rings: readonly TrialLine['ring'][];
}

/** Lines in the order in which somebody should look at them: let through, not known, refused; then by what was let through. */
export function triedLines(lines: readonly TrialLine[], heard: Heard): readonly TriedLine[] {
  const byLine = Map.groupBy(lines, ({ rule, check }) => JSON.stringify([rule?.id, rule?.version, check]));
  return [...byLine.entries()].map(([key, own]) => lineOf(key, own, heard)).toSorted(worseFirst);
}

function lineOf(key: string, own: readonly TrialLine[], heard: Heard): TriedLine {
  const alike = Map.groupBy(own, ({ state, tried, refused, untried, reason }) =>
    JSON.stringify([state, tried, refused, untried, reason]),
  );
  const rings = [...alike.values()].flatMap((some) => joined(some)).toSorted(worseRings);
  const [first] = own;
  return {
    key,
    check: first?.check ?? '',
    ...(first?.rule !== undefined && { rule: first.rule }),
    mark: markOf(rings, heard),
    rings,
  };
}

/** Of several moments the earliest: since then no ring of them is known to be otherwise. */
function joined(some: readonly TrialLine[]): readonly RingsOfLine[] {
  const [first] = some;
  if (first === undefined) return [];
  const { state, tried, refused, untried, reason } = first;
  const last = some
    .flatMap((line) => line.last ?? [])
    .toSorted()
    .at(0);
  return [
    {
      rings: some.map(({ ring }) => ring).toSorted(),
      state,
      tried,
      refused,
      untried,
      ...(last !== undefined && { last }),
      ...(reason !== undefined && { reason }),
    },
  ];
}

const ranks: Readonly<Record<TrialLine['state'], number>> = { passed: 0, untried: 1, refused: 2 };

const markRanks: Readonly<Record<MarkState, number>> = { fail: 0, unknown: 1, partly: 2, stopped: 3, pass: 3 };

function worseRings(one: RingsOfLine, other: RingsOfLine): number {
  return ranks[one.state] - ranks[other.state] || open(other) - open(one);
}

function worseFirst(one: TriedLine, other: TriedLine): number {
  const openOf = ({ rings }: TriedLine): number => rings.reduce((sum, own) => sum + open(own), 0);
  return (
    markRanks[one.mark.state] - markRanks[other.mark.state] ||
    openOf(other) - openOf(one) ||
    one.check.localeCompare(other.check, 'en')
  );
}

/** Tries of the last 24 hours that were let through. */
function open({ tried, refused }: Pick<RingsOfLine, 'tried' | 'refused'>): number {
  return tried - refused;
}

/** Of what a host said: when it was due to try each line again, or that nothing is heard of it now. */
export type Heard = { readonly kind: 'silent' } | { readonly kind: 'since'; readonly due: Date };

export function heardOf({ every }: { readonly every: number }, now: Date): Heard {
  return { kind: 'since', due: new Date(now.getTime() - every * 1000 * trialRounds) };
}

/** A line that let a start through today is not shown as a sound one, nor is one whose newest try is long ago. */
function markOf(rings: readonly RingsOfLine[], heard: Heard): LineMark {
  const state = rings[0]?.state ?? 'untried';
  if (state === 'passed') return { state: 'fail', word: 'Let through' };
  if (state === 'untried') return { state: 'unknown', word: 'Not tried' };
  if (heard.kind === 'silent') return { state: 'unknown', word: 'Agent away' };
  if (rings.some(({ last }) => last === undefined || Date.parse(last) < heard.due.getTime()))
    return { state: 'unknown', word: 'Not tried lately' };
  if (rings.some((own) => open(own) > 0)) return { state: 'partly', word: 'Refused again' };
  return { state: 'pass', word: 'Refused' };
}

/** “refused 24 of 24 tries”; what was not answered stands behind it. */
export function triesWord({ tried, refused, untried }: RingsOfLine): string {
  const answered =
    tried === 0 ? 'no try in 24 hours was answered' : `refused ${refused} of ${counted(tried, 'try', 'tries')}`;
  return untried > 0 && tried > 0 ? `${answered}, ${counted(untried, 'try', 'tries')} not answered` : answered;
}

/** “rings 1 and 2”. */
export function ringsWord(rings: readonly TrialLine['ring'][]): string {
  return `${rings.length === 1 ? 'ring' : 'rings'} ${rings.join(' and ')}`;
}

/** What a line is about, where it names no check. */
const ownWords: Readonly<Record<string, string>> = {
  'image-denied': 'Image that its verdict denies',
  'image-unknown': 'Image that nobody has scanned',
};

/** A check’s id; of a rule over settings the name of the setting. */
export function lineWord(check: string): string {
  const spaced = check.replaceAll('-', ' ');
  return ownWords[check] ?? (isCheck(check) ? check : `${spaced.slice(0, 1).toUpperCase()}${spaced.slice(1)}`);
}

export function isCheck(check: string): boolean {
  return /^[A-Z]+-\d+$/.test(check);
}
