import { describe, expect, test } from 'vitest';
import type { SubjectCounts } from '#explorer/contract.ts';
import { answerOrder, answersOf, answerWords, isCovered, standingOf, subjectsIn, totalsOf } from './standing.ts';

const none: SubjectCounts = {
  pass: 0,
  fail: 0,
  warn: 0,
  'not-applicable': 0,
  'not-assessed': 0,
  error: 0,
  excepted: 0,
};

describe('a control is green', () => {
  test.each([
    ['met', 1, 'pass', 'Met'],
    ['met', 0.999_99, 'partly', 'Met where assessed'],
    ['met', 0, 'partly', 'Met where assessed'],
    ['met', undefined, 'unknown', 'Without evidence'],
    ['met-with-exceptions', 1, 'partly', 'Met with exceptions'],
    ['incomplete', 1, 'unknown', 'Incomplete'],
    ['not-met', 1, 'fail', 'Not met'],
    ['not-applicable', undefined, 'unknown', 'Not applicable'],
  ] as const)('only where it is met and wholly assessed: %s at %s is %s', (...[state, coverage, mark, word]) => {
    expect(standingOf({ state, coverage })).toEqual({ state: mark, word });
  });
});

test.each([
  [{ coverage: 1 }, true],
  [{ coverage: 1, unanswered: 0 }, true],
  [{ coverage: 1, unanswered: 1 }, false],
  [{ coverage: 0.999_99 }, false],
  [{}, false],
])('a control is covered where nothing is left to assess and to answer: %j is %s', (control, isSo) => {
  expect(isCovered(control)).toBe(isSo);
});

test.each([
  [['fail', 'not-applicable', 'not-applicable'], 20, 17, '1 open, 17 of 18 answers pass'],
  [['not-applicable'], 2, 1, '0 open, 1 of 1 answer passes'],
  [['not-applicable'], 1, 0, '0 open, nothing applies'],
  [[], 3, 3, '0 open, 3 of 3 answers pass'],
] as const)('answers that do not apply are counted apart: %#', (...[states, answered, passed, said]) => {
  const answers = states.map((state, index) => ({ question: `q${index}`, state, seen: [] }));
  const { open, notApplicable, words } = answersOf({ answers, answered, passed });
  expect(`${open.length} open, ${words}`).toBe(said);
  expect(open.length + notApplicable.length).toBe(states.length);
});

describe('subjects of a control', () => {
  test('are applicable unless they are not concerned, and assessed once they have an answer', () => {
    const counts = { pass: 1, fail: 2, warn: 4, excepted: 8, 'not-assessed': 16, error: 32, 'not-applicable': 64 };
    expect(totalsOf(counts)).toEqual({ passed: 1, assessed: 15, applicable: 63 });
    expect(subjectsIn(counts)).toBe(127);
    expect(totalsOf(none)).toEqual({ passed: 0, assessed: 0, applicable: 0 });
  });

  test('are said in words, one and several', () => {
    expect(answerOrder.map((state) => `1 ${answerWords(state, 1)}, 2 ${answerWords(state, 2)}`)).toEqual([
      '1 fails, 2 fail',
      '1 is in error, 2 are in error',
      '1 is not assessed, 2 are not assessed',
      '1 warns, 2 warn',
      '1 is excepted, 2 are excepted',
      '1 passes, 2 pass',
      '1 is not concerned, 2 are not concerned',
    ]);
  });
});
