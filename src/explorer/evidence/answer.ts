import type { CheckState } from '#compliance/contract.ts';
import type { EvidenceSubjectKind } from '../contract-evidence.ts';

/** What a part of the product answers about one subject. */
export interface ProductAnswer {
  readonly state: CheckState;
  /** What was seen: what should not be, or what the answer rests on. */
  readonly seen?: readonly string[];
  /** Why it was not assessed or does not apply, and what would assess it. */
  readonly reason?: string;
}

/** Answers about one subject, by the names that questions call them. */
export interface AnsweredSubject {
  readonly host: string;
  readonly kind: EvidenceSubjectKind;
  readonly id: string;
  readonly answers: Readonly<Record<string, ProductAnswer>>;
  /** Moments at which time alone may change them; past ones and invalid ones do not count. */
  readonly moments?: readonly (Date | undefined)[] | undefined;
}

/** Before the name of an answer where history keeps it beside the ids of checks. */
export const answerPrefix = 'answer/';

/** It is so, as was seen. */
export function pass(...seen: readonly string[]): ProductAnswer {
  return answered('pass', seen);
}

export function fail(...seen: readonly string[]): ProductAnswer {
  return answered('fail', seen);
}

export function warn(...seen: readonly string[]): ProductAnswer {
  return answered('warn', seen);
}

/** `reason` says why, and what would assess it. */
export function notAssessed(reason: string): ProductAnswer {
  return { state: 'not-assessed', reason };
}

export function notApplicable(reason: string): ProductAnswer {
  return { state: 'not-applicable', reason };
}

function answered(state: CheckState, seen: readonly string[]): ProductAnswer {
  return seen.length === 0 ? { state } : { state, seen };
}
