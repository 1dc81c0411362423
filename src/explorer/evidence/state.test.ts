import { describe, expect, test } from 'vitest';
import type { CheckState } from '#compliance/contract.ts';
import type { SubjectCounts } from '../contract-evidence.ts';
import type { AnsweredBy } from './control.ts';
import {
  coverageOf,
  noSubjects,
  type QuestionStand,
  rateOf,
  standOfControl,
  stateOfControl,
  worstFirst,
  worstIn,
  worstOf,
} from './state.ts';

const checks: AnsweredBy = { kind: 'checks', checks: ['CTR-001'] };
const product: AnsweredBy = { kind: 'product', answer: 'gate-refuses' };
const document: AnsweredBy = { kind: 'attestation', attestation: 'secret-store' };
const nothing: AnsweredBy = { kind: 'nothing', reason: 'Observing would assess this.' };

function stand(by: AnsweredBy, counts: Partial<SubjectCounts>, required: 'required' | 'optional' = 'required') {
  return {
    question: { id: 'asked', text: 'It is so', required: required === 'required', by },
    subjects: { ...noSubjects, ...counts },
  } satisfies QuestionStand;
}

describe('the worst of answers', () => {
  test.each(worstFirst.flatMap((left, index) => worstFirst.slice(index).map((right) => [left, right] as const)))(
    '%s and %s',
    (left, right) => {
      expect(worstOf([left, right])).toBe(left);
      expect(worstOf([right, left])).toBe(left);
      expect(worstIn({ ...noSubjects, [left]: 1, [right]: 5 })).toBe(left);
    },
  );

  test('of none is that nothing applies', () => {
    expect(worstOf([])).toBe('not-applicable');
    expect(worstIn(noSubjects)).toBe('not-applicable');
  });
});

/** All combinations of which states are there, with what the definition says by hand. */
const combinations: readonly (readonly CheckState[])[] = Array.from({ length: 2 ** worstFirst.length }, (_, bits) =>
  worstFirst.filter((_state, index) => (bits & (1 << index)) !== 0),
);

test('a control of which nothing is assessed says why, whatever is counted', () => {
  const notAssessed = 'It is about doors. A visit would assess this.';
  for (const counts of [{}, { pass: 1 }, { fail: 2 }]) {
    const stand = standOfControl({ notAssessed }, [], { ...noSubjects, ...counts });
    expect(stand).toEqual({ state: 'not-assessed', reason: notAssessed, questions: 0, unanswered: 0 });
  }
  const pass = { ...noSubjects, pass: 1 };
  expect(standOfControl({}, [stand(checks, pass)], pass)).toEqual(stateOfControl([stand(checks, pass)], pass));
});

describe('the state of a control', () => {
  test.each(combinations.map((states) => [states.join(', ') || 'nothing', states] as const))('of %s', (_, states) => {
    const counts: SubjectCounts = { ...noSubjects, ...Object.fromEntries(states.map((state) => [state, 2])) };
    const has = (state: CheckState): boolean => states.includes(state);
    const { state, reason, questions, unanswered } = stateOfControl([stand(checks, counts)], counts);
    const isUnknown = has('not-assessed') || has('error');
    if (has('fail')) expect(state).toBe('not-met');
    else if (isUnknown) expect(state).toBe('incomplete');
    else if (has('excepted')) expect(state).toBe('met-with-exceptions');
    else if (has('pass') || has('warn')) expect(state).toBe('met');
    else expect(state).toBe('not-applicable');
    expect(questions).toBe(1);
    expect(unanswered).toBe(isUnknown ? 1 : 0);
    expect(reason).toMatch(/^[A-Z0-9].*\.$/);
  });

  test.each<readonly [string, readonly QuestionStand[], string]>([
    [
      'a failure of an optional question counts',
      [stand(checks, { pass: 1 }), stand(product, { fail: 1 }, 'optional')],
      'not-met',
    ],
    [
      'an optional question may stay open',
      [stand(checks, { pass: 1 }), stand(product, { 'not-assessed': 1 }, 'optional')],
      'met',
    ],
    [
      'a document that is missing leaves it incomplete',
      [stand(checks, { pass: 1 }), stand(document, { 'not-assessed': 1 })],
      'incomplete',
    ],
    ['a document alone is nothing that it applies to', [stand(document, { pass: 1 })], 'not-applicable'],
    [
      'what nothing answers leaves it incomplete',
      [stand(checks, { pass: 1 }), stand(nothing, { 'not-assessed': 1 })],
      'incomplete',
    ],
    ['what nothing answers alone applies to nothing', [stand(nothing, { 'not-assessed': 1 })], 'not-applicable'],
    ['subjects that it does not apply to are none', [stand(checks, { 'not-applicable': 4 })], 'not-applicable'],
    [
      'a failure is shown before what is open',
      [stand(checks, { fail: 1 }), stand(nothing, { 'not-assessed': 1 })],
      'not-met',
    ],
    [
      'what is open is shown before an exception',
      [stand(checks, { excepted: 1 }), stand(product, { error: 1 })],
      'incomplete',
    ],
    ['no question at all', [], 'not-applicable'],
  ])('%s', (_, questions, state) => {
    expect(stateOfControl(questions, noSubjects).state).toBe(state);
  });

  test.each<readonly [Partial<SubjectCounts>, string]>([
    [{ fail: 3, pass: 41, 'not-assessed': 2, excepted: 1 }, '3 of 47 subjects fail: “It is so”.'],
    [{ fail: 1 }, '1 of 1 subject fails: “It is so”.'],
    [{ error: 1, pass: 4 }, '1 of 1 questions has no full answer: “It is so”.'],
    [{ excepted: 1, pass: 4 }, '1 of 5 subjects is excepted: “It is so”.'],
    [{ pass: 5, 'not-applicable': 9 }, 'All 5 subjects are as required.'],
    [{ pass: 5, warn: 2 }, 'All 7 subjects are as required, 2 with a warning.'],
    [{ pass: 1 }, 'Its only subject is as required.'],
    [{}, 'Nothing that it applies to has been reported.'],
  ])('%j is said so', (counts, reason) => {
    const all = { ...noSubjects, ...counts };
    expect(stateOfControl([stand(checks, counts)], all).reason).toBe(reason);
  });
});

describe('rate and coverage', () => {
  test.each<readonly [Partial<SubjectCounts>, number | undefined, number | undefined]>([
    [{}, undefined, undefined],
    [{ 'not-applicable': 3 }, undefined, undefined],
    [{ 'not-assessed': 3 }, undefined, 0],
    [{ error: 1, pass: 1 }, 1, 0.5],
    [{ pass: 41, fail: 3, excepted: 1, 'not-assessed': 2 }, 41 / 45, 45 / 47],
    [{ warn: 1, pass: 1, 'not-applicable': 8 }, 0.5, 1],
  ])('of %j', (counts, rate, coverage) => {
    const all = { ...noSubjects, ...counts };
    expect(rateOf(all)).toBe(rate);
    expect(coverageOf(all)).toBe(coverage);
  });
});
