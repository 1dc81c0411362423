import type { Field } from '#base/index.ts';
import type { Check, CheckContext } from './check.ts';
import { type Fields, readDocument } from './document.ts';
import { answerOf, type CheckResult, foldImplied } from './evaluate.ts';

/** Of kept texts nothing is known of the types of values: a check that meets another one is in error. */
export type FieldsShape = { readonly [Name in keyof Fields]: unknown };

/**
 * Judges documents one after the other, as `evaluate` does. A check that meets the same values again gives the same answer,
 * which is then the same object: most containers of a host differ in a few of their fields. All is kept as long as the
 * function is, so it serves one portion of documents.
 */
export function sharedAnswers(
  checks: readonly Check<FieldsShape>[],
  context: CheckContext,
): (text: string) => readonly CheckResult[] {
  const names = [...new Set(checks.flatMap(({ needs }) => needs))];
  const needs = checks.map((check) => check.needs.map((name) => names.indexOf(name)));
  const known = checks.map(() => new Map<string, CheckResult>());
  const numberOf = numbering();
  return (text) => {
    const facts = readDocument(text, names);
    const numbers = names.map((name) => numberOf(facts[name]));
    return foldImplied(
      checks,
      checks.map((check, at) => {
        const key = needs[at]?.map((need) => numbers[need]).join() ?? '';
        const answer = known[at]?.get(key) ?? answerOf(check, facts, context);
        known[at]?.set(key, answer);
        return answer;
      }),
    );
  };
}

/** Gives equal fields one number. */
function numbering(): (field: Field<unknown> | undefined) => number {
  const numbers = new Map<string, number>();
  let last = 0;
  return (field) => {
    const text = textOf(field);
    const number = (text === undefined ? undefined : numbers.get(text)) ?? ++last;
    if (text !== undefined) numbers.set(text, number);
    return number;
  };
}

/** Nothing where a value lies in itself deeper than can be written: such a field is like no other. */
function textOf(field: Field<unknown> | undefined): string | undefined {
  try {
    return JSON.stringify(field);
  } catch {
    return undefined;
  }
}
