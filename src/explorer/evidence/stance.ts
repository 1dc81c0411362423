import type { CheckState } from '#compliance/contract.ts';
import type { EvidenceSubjectKind } from '../contract-evidence.ts';
import type { AnsweredBy, ControlTemplate } from './control.ts';
import { worstOf } from './state.ts';

/** How a subject stands for a question of a control; `question` is empty for the control as a whole. */
export interface Stand {
  readonly template: string;
  readonly control: string;
  readonly question: string;
  readonly state: CheckState;
}

/** What is known of a subject. */
export interface KnownSubject {
  /** The console itself stands for what people attest and for what nothing answers yet. */
  readonly kind: EvidenceSubjectKind;
  /** States of checks by their ids, of all that apply to its kind; what nobody has assessed is not assessed. */
  readonly checks: Readonly<Record<string, CheckState>>;
  /** What other parts of the product answer, by the names of answers. */
  readonly answers: Readonly<Record<string, CheckState>>;
}

/** Documents of people that hold now, by their kinds. */
export type HeldAttestations = ReadonlySet<string>;

/** How a subject stands for every question that it is asked, and, by the worst of them, for every control. */
export function stanceOf(
  templates: readonly ControlTemplate[],
  subject: KnownSubject,
  held: HeldAttestations,
): readonly Stand[] {
  // Templates ask questions of others: each is answered once.
  const answered = new Map<AnsweredBy, CheckState | undefined>();
  const answerOnce = (by: AnsweredBy): CheckState | undefined => {
    if (!answered.has(by)) answered.set(by, answerTo(by, subject, held));
    return answered.get(by);
  };
  return templates.flatMap(({ id: template, controls }) =>
    controls.flatMap(({ id: control, questions }): readonly Stand[] => {
      const stands = questions.flatMap((question): readonly Stand[] => {
        const state = answerOnce(question.by);
        return state === undefined ? [] : [{ template, control, question: question.id, state }];
      });
      if (stands.length === 0) return [];
      return [{ template, control, question: '', state: worstOf(stands.map(({ state }) => state)) }, ...stands];
    }),
  );
}

/** `undefined`: the question is not one about this subject. */
function answerTo(by: AnsweredBy, subject: KnownSubject, held: HeldAttestations): CheckState | undefined {
  const { kind, checks, answers } = subject;
  switch (by.kind) {
    case 'checks':
      return worstOfSome(
        by.checks
          .flatMap((id) => (Object.hasOwn(checks, id) ? (checks[id] ?? []) : []))
          .map((state) => withDocument(state, by.attestation, held)),
      );
    case 'product':
      return Object.hasOwn(answers, by.answer) ? answers[by.answer] : undefined;
    case 'attestation':
      if (kind !== 'console') return undefined;
      return held.has(by.attestation) ? 'pass' : 'not-assessed';
    case 'nothing':
      return kind === 'console' ? 'not-assessed' : undefined;
  }
}

function worstOfSome(states: readonly CheckState[]): CheckState | undefined {
  return states.length === 0 ? undefined : worstOf(states);
}

/** A document of the kind that a question names stands in for what could not be assessed, never for what fails. */
export function withDocument(state: CheckState, attestation: string | undefined, held: HeldAttestations): CheckState {
  return state === 'not-assessed' && attestation !== undefined && held.has(attestation) ? 'pass' : state;
}
