import type { CheckState } from '#compliance/contract.ts';
import type {
  ControlState,
  ControlSummary,
  EvidenceAnswer,
  SubjectCounts,
  SubjectOfControl,
} from '#explorer/contract.ts';
import { count, counted } from '../../ui/format.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

/** A mark and its word. */
export interface ControlMark {
  readonly state: MarkState;
  readonly word: string;
}

/** How a control stands, the worst first; the order of lists too. */
export const controlWords: Readonly<Record<ControlState, string>> = {
  'not-met': 'Not met',
  incomplete: 'Incomplete',
  'not-assessed': 'Not assessed by Seawall',
  'met-with-exceptions': 'Met with exceptions',
  met: 'Met',
  'not-applicable': 'Not applicable',
};

type Measured = Pick<ControlSummary, 'state' | 'coverage'>;

/** The mark of a control. It is green only where everything that it applies to was assessed. */
export function standingOf({ state, coverage }: Measured): ControlMark {
  const word = controlWords[state];
  switch (state) {
    case 'not-met':
      return { state: 'fail', word };
    case 'met-with-exceptions':
      return { state: 'partly', word };
    case 'met':
      if (coverage === undefined) return { state: 'unknown', word: 'Without evidence' };
      return coverage < 1 ? { state: 'partly', word: 'Met where assessed' } : { state: 'pass', word };
    case 'incomplete':
    case 'not-assessed':
    case 'not-applicable':
      return { state: 'unknown', word };
  }
}

/** Whether nothing is left to assess and to answer; below that nothing of it is green. */
export function isCovered({
  coverage,
  unanswered = 0,
}: Partial<Pick<ControlSummary, 'coverage' | 'unanswered'>>): boolean {
  return coverage === 1 && unanswered === 0;
}

/** Answers in the order in which they need a person. */
export const answerOrder = [
  'fail',
  'error',
  'not-assessed',
  'warn',
  'excepted',
  'pass',
  'not-applicable',
] as const satisfies readonly CheckState[];

/** What subjects do: `3 fail`, `1 is excepted`. */
export function answerWords(state: CheckState, number: number): string {
  const one = number === 1;
  switch (state) {
    case 'fail':
      return one ? 'fails' : 'fail';
    case 'error':
      return one ? 'is in error' : 'are in error';
    case 'not-assessed':
      return one ? 'is not assessed' : 'are not assessed';
    case 'warn':
      return one ? 'warns' : 'warn';
    case 'excepted':
      return one ? 'is excepted' : 'are excepted';
    case 'pass':
      return one ? 'passes' : 'pass';
    case 'not-applicable':
      return one ? 'is not concerned' : 'are not concerned';
  }
}

/** Answers about one subject: those that somebody looks at, and those of questions that are not about it. */
interface AnswersOf {
  readonly open: readonly EvidenceAnswer[];
  readonly notApplicable: readonly EvidenceAnswer[];
  /** `17 of 22 answers pass` */
  readonly words: string;
}

export function answersOf({
  answers,
  answered,
  passed,
}: Pick<SubjectOfControl, 'answers' | 'answered' | 'passed'>): AnswersOf {
  const open = answers.filter(({ state }) => state !== 'not-applicable');
  const notApplicable = answers.filter(({ state }) => state === 'not-applicable');
  const applicable = answered - notApplicable.length;
  const words = `${count(passed)} of ${counted(applicable, 'answer')} ${passed === 1 ? 'passes' : 'pass'}`;
  return { open, notApplicable, words: applicable === 0 ? 'nothing applies' : words };
}

/** Subjects that pass, were assessed, and that it applies to. */
export interface Totals {
  readonly passed: number;
  /** They pass, fail, warn or are excepted. */
  readonly assessed: number;
  readonly applicable: number;
}

export function totalsOf(counts: SubjectCounts): Totals {
  const assessed = counts.pass + counts.fail + counts.warn + counts.excepted;
  return { passed: counts.pass, assessed, applicable: assessed + counts['not-assessed'] + counts.error };
}

/** Subjects in all, those that it does not apply to as well. */
export function subjectsIn(counts: SubjectCounts): number {
  return answerOrder.reduce((sum, state) => sum + counts[state], 0);
}
