import type { Question } from './control.ts';

type Asked = Pick<Question, 'id' | 'text'>;

/** A required question that checks answer. */
export function byChecks(question: Asked, checks: readonly string[]): Question {
  return { ...question, required: true, by: { kind: 'checks', checks } };
}

/** A required question that checks answer, and a document of a person where they cannot be assessed. */
export function byChecksOrDocument(question: Asked, checks: readonly string[], attestation: string): Question {
  return { ...question, required: true, by: { kind: 'checks', checks, attestation } };
}

/** A required question that another part of the product answers. */
export function byProduct(question: Asked, answer: string): Question {
  return { ...question, required: true, by: { kind: 'product', answer } };
}

/** A required question that a person answers by a document, until a date. */
export function byDocument(question: Asked, attestation: string): Question {
  return { ...question, required: true, by: { kind: 'attestation', attestation } };
}

/** A required question that nothing answers yet. */
export function byNothing(question: Asked, reason: string): Question {
  return { ...question, required: true, by: { kind: 'nothing', reason } };
}

/** Ids of checks of one family: `IMG` 1 and 24 are `IMG-001` and `IMG-024`. */
export function ids(family: string, numbers: readonly number[]): readonly string[] {
  return numbers.map((number) => `${family}-${String(number).padStart(3, '0')}`);
}
