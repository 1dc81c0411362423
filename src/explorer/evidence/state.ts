import type { CheckState } from '#compliance/contract.ts';
import type { ControlState, SubjectCounts } from '../contract-evidence.ts';
import type { Control, Question } from './control.ts';

/** The worst first. What is not known is worse than a warning or an exception: nobody can say that it is not a failure. */
export const worstFirst = [
  'fail',
  'error',
  'not-assessed',
  'warn',
  'excepted',
  'pass',
  'not-applicable',
] as const satisfies readonly CheckState[];

/** Of several answers about one subject the one that counts; none: nothing applies to it. */
export function worstOf(states: Iterable<CheckState>): CheckState {
  let worst = worstFirst.length - 1;
  for (const state of states) worst = Math.min(worst, worstFirst.indexOf(state));
  return worstFirst[worst] ?? 'not-applicable';
}

/** Nobody. */
export const noSubjects: SubjectCounts = {
  pass: 0,
  fail: 0,
  warn: 0,
  'not-applicable': 0,
  'not-assessed': 0,
  error: 0,
  excepted: 0,
};

/** The worst state that any of them is in. */
export function worstIn(counts: SubjectCounts): CheckState {
  return worstFirst.find((state) => counts[state] > 0) ?? 'not-applicable';
}

/** Part that passes of those that pass, fail, warn or are excepted; `undefined`: there are none. */
export function rateOf({ pass, fail, warn, excepted }: SubjectCounts): number | undefined {
  return partOf(pass, pass + fail + warn + excepted);
}

/** Part that was assessed of those that the control applies to; `undefined`: it applies to none. */
export function coverageOf({ pass, fail, warn, excepted, 'not-assessed': unknown, error }: SubjectCounts) {
  const assessed = pass + fail + warn + excepted;
  return partOf(assessed, assessed + unknown + error);
}

function partOf(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}

/** How one question of a control stands. */
export interface QuestionStand {
  readonly question: Question;
  readonly subjects: SubjectCounts;
}

/** How a control stands, and what decides that, in one sentence. */
export interface ControlStand {
  readonly state: ControlState;
  readonly reason: string;
  /** Required questions, and those of them that were not assessed or are in error for some subject. */
  readonly questions: number;
  readonly unanswered: number;
}

/** States a control; one of which nothing is assessed says why, whatever is counted. */
export function standOfControl(
  { notAssessed }: Pick<Control, 'notAssessed'>,
  questions: readonly QuestionStand[],
  subjects: SubjectCounts,
): ControlStand {
  if (notAssessed !== undefined) return { state: 'not-assessed', reason: notAssessed, questions: 0, unanswered: 0 };
  return stateOfControl(questions, subjects);
}

/**
 * States a control by its questions and by its subjects, each counted by its worst answer. Documents of people and
 * questions that nothing answers bring no subject: a control that has only those applies to nothing.
 */
export function stateOfControl(questions: readonly QuestionStand[], subjects: SubjectCounts): ControlStand {
  const required = questions.filter(({ question }) => question.required);
  const unanswered = required.filter(isUnanswered);
  const head = { questions: required.length, unanswered: unanswered.length };
  const failing = questions.filter((one) => one.subjects.fail > 0);
  if (failing.length > 0)
    return { ...head, state: 'not-met', reason: `${ofSubjects(subjects.fail, subjects, 'fail')}${namesOf(failing)}` };
  if (!questions.some(hasSubjects))
    return { ...head, state: 'not-applicable', reason: 'Nothing that it applies to has been reported.' };
  if (unanswered.length > 0) return { ...head, state: 'incomplete', reason: whyIncomplete(unanswered, required) };
  const excepted = questions.filter((one) => one.subjects.excepted > 0);
  if (excepted.length > 0)
    return {
      ...head,
      state: 'met-with-exceptions',
      reason: `${ofSubjects(subjects.excepted, subjects, 'excepted')}${namesOf(excepted)}`,
    };
  return { ...head, state: 'met', reason: whyMet(subjects) };
}

function isUnanswered({ subjects }: QuestionStand): boolean {
  return subjects['not-assessed'] > 0 || subjects.error > 0;
}

function hasSubjects({ question: { by }, subjects }: QuestionStand): boolean {
  if (by.kind === 'attestation' || by.kind === 'nothing') return false;
  return applicable(subjects) > 0;
}

function applicable(counts: SubjectCounts): number {
  return worstFirst.reduce((sum, state) => (state === 'not-applicable' ? sum : sum + counts[state]), 0);
}

function ofSubjects(some: number, all: SubjectCounts, how: 'fail' | 'excepted'): string {
  const verb = how === 'fail' ? (some === 1 ? 'fails' : 'fail') : some === 1 ? 'is excepted' : 'are excepted';
  const whole = applicable(all);
  return `${some} of ${whole} ${whole === 1 ? 'subject' : 'subjects'} ${verb}`;
}

/** The first three of them: a sentence that somebody reads. */
function namesOf(stands: readonly QuestionStand[]): string {
  const shown = stands.slice(0, 3).map(({ question }) => `“${question.text}”`);
  const more = stands.length - shown.length;
  return `: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

function whyIncomplete(unanswered: readonly QuestionStand[], required: readonly QuestionStand[]): string {
  const verb = unanswered.length === 1 ? 'has no full answer' : 'have no full answer';
  return `${unanswered.length} of ${required.length} questions ${verb}${namesOf(unanswered)}`;
}

function whyMet(subjects: SubjectCounts): string {
  const whole = applicable(subjects);
  const warned = subjects.warn === 0 ? '' : `, ${subjects.warn} with a warning`;
  return whole === 1 ? `Its only subject is as required${warned}.` : `All ${whole} subjects are as required${warned}.`;
}
