import type { ControlState, ControlSummary } from '#explorer/contract.ts';
import { counted } from '../../ui/format.ts';
import type { MarkState } from '../../ui/state-mark.tsx';
import { controlWords, isCovered, standingOf, type Totals, totalsOf } from './standing.ts';

const states = Object.keys(controlWords) as readonly ControlState[];

/** One part of the sentence about a template: so many controls stand so. */
interface HeadPart {
  readonly state: ControlState;
  readonly number: number;
  /** After the number: `controls are not met`. */
  readonly words: string;
}

/** What the page of a template says first. */
interface TemplateHead {
  readonly state: MarkState;
  /** The worst first; none: the template has no control. */
  readonly parts: readonly HeadPart[];
}

export function headOf(controls: readonly Pick<ControlSummary, 'state' | 'coverage'>[]): TemplateHead {
  const parts = states.flatMap((state) => {
    const number = controls.filter((control) => control.state === state).length;
    return number === 0 ? [] : [{ state, number, words: wordsOf(state, number) }];
  });
  return { state: worstMark(controls), parts };
}

function wordsOf(state: ControlState, number: number): string {
  const [controls, are] = number === 1 ? ['control', 'is'] : ['controls', 'are'];
  switch (state) {
    case 'not-met':
      return `${controls} ${are} not met`;
    case 'incomplete':
      return `${controls} ${are} incomplete`;
    case 'not-assessed':
      return `${controls} ${are} not assessed by Seawall`;
    case 'met-with-exceptions':
      return `${controls} ${are} met with exceptions`;
    case 'met':
      return `${controls} ${are} met`;
    case 'not-applicable':
      return number === 1 ? 'control does not apply' : 'controls do not apply';
  }
}

/** A pass is said only where a control is met, and each that applies is met and wholly assessed. */
function worstMark(controls: readonly Pick<ControlSummary, 'state' | 'coverage'>[]): MarkState {
  const marks = controls.filter(({ state }) => state !== 'not-applicable').map((one) => standingOf(one).state);
  if (marks.includes('fail')) return 'fail';
  if (marks.length === 0 || marks.includes('unknown')) return 'unknown';
  return marks.includes('partly') ? 'partly' : 'pass';
}

/** Controls with what needs a person first; those that are alike stay in the order of the template. */
export function worstFirst<Control extends ControlSummary>(controls: readonly Control[]): readonly Control[] {
  return controls.toSorted(
    (left, right) =>
      rankOf(left) - rankOf(right) ||
      right.subjects.fail - left.subjects.fail ||
      right.unanswered - left.unanswered ||
      openIn(right) - openIn(left),
  );
}

/** One that is met where it was assessed comes before one that is met. */
function rankOf(control: ControlSummary): number {
  const place = states.indexOf(control.state) * 2;
  return control.state === 'met' && isCovered(control) ? place + 1 : place;
}

function openIn({ subjects }: ControlSummary): number {
  return subjects['not-assessed'] + subjects.error;
}

/** Sums over all controls: a subject counts once for each control that applies to it. */
interface TemplateSums extends Totals {
  /** Missing: nothing was assessed. */
  readonly rate?: number;
  /** Missing: nothing is there to be assessed. */
  readonly coverage?: number;
  readonly questions: number;
  readonly unanswered: number;
}

export function sumsOf(controls: readonly ControlSummary[]): TemplateSums {
  const all = controls.map(({ subjects }) => totalsOf(subjects));
  const sum = (of: keyof Totals): number => all.reduce((total, one) => total + one[of], 0);
  const [passed, assessed, applicable] = [sum('passed'), sum('assessed'), sum('applicable')];
  return {
    passed,
    assessed,
    applicable,
    ...(assessed > 0 && { rate: passed / assessed }),
    ...(applicable > 0 && { coverage: assessed / applicable }),
    questions: controls.reduce((total, { questions }) => total + questions, 0),
    unanswered: controls.reduce((total, { unanswered }) => total + unanswered, 0),
  };
}

/** `3 of 14 required questions have no full answer`; empty: each has one. */
export function unansweredWords({ questions, unanswered }: Pick<ControlSummary, 'questions' | 'unanswered'>): string {
  if (unanswered === 0) return '';
  return `${unanswered} of ${counted(questions, 'required question')} ${unanswered === 1 ? 'has' : 'have'} no full answer`;
}
