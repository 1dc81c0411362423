import { describe, expect, test } from 'vitest';
import type { ControlState, ControlSummary } from '#explorer/contract.ts';
import { headOf, sumsOf, unansweredWords, worstFirst } from './template-standing.ts';

function control(id: string, state: ControlState, more: Partial<ControlSummary> = {}): ControlSummary {
  const subjects = { pass: 0, fail: 0, warn: 0, 'not-applicable': 0, 'not-assessed': 0, error: 0, excepted: 0 };
  return { id, title: id, state, reason: 'So it is.', subjects, questions: 3, unanswered: 0, ...more };
}

const said = (controls: readonly ControlSummary[]): string => {
  const { state, parts } = headOf(controls);
  return `${state}: ${parts.map(({ number, words }) => `${number} ${words}`).join(', ')}`;
};

describe('the sentence about a template', () => {
  test.each([
    [[], 'unknown: '],
    [[control('1', 'met', { coverage: 1 })], 'pass: 1 control is met'],
    [[control('1', 'met', { coverage: 0.5 })], 'partly: 1 control is met'],
    [[control('1', 'met')], 'unknown: 1 control is met'],
    [[control('1', 'not-applicable')], 'unknown: 1 control does not apply'],
    [
      [control('1', 'not-applicable'), control('2', 'met', { coverage: 1 })],
      'pass: 1 control is met, 1 control does not apply',
    ],
    [
      [control('1', 'met', { coverage: 1 }), control('2', 'met-with-exceptions', { coverage: 1 })],
      'partly: 1 control is met with exceptions, 1 control is met',
    ],
    [
      [control('1', 'met', { coverage: 1 }), control('2', 'incomplete'), control('3', 'incomplete')],
      'unknown: 2 controls are incomplete, 1 control is met',
    ],
    [
      [control('1', 'incomplete'), control('2', 'not-met'), control('3', 'not-met')],
      'fail: 2 controls are not met, 1 control is incomplete',
    ],
  ])('says the worst first: %#', (controls, sentence) => {
    expect(said(controls)).toBe(sentence);
  });
});

test('controls stand with what needs a person first, those that are alike as in their template', () => {
  const fails = (fail: number) => ({ subjects: { ...control('', 'met').subjects, fail } });
  const controls = [
    control('met', 'met', { coverage: 1 }),
    control('na', 'not-applicable'),
    control('met in part', 'met', { coverage: 0.9 }),
    control('excepted', 'met-with-exceptions', { coverage: 1 }),
    control('open 1', 'incomplete', { unanswered: 1 }),
    control('open 3', 'incomplete', { unanswered: 3 }),
    control('one fails', 'not-met', fails(1)),
    control('two fail', 'not-met', fails(2)),
    control('one more fails', 'not-met', fails(1)),
  ];
  expect(worstFirst(controls).map(({ id }) => id)).toEqual([
    'two fail',
    'one fails',
    'one more fails',
    'open 3',
    'open 1',
    'excepted',
    'met in part',
    'met',
    'na',
  ]);
});

test('rate and coverage of a template are sums over its controls, and missing where nothing was assessed', () => {
  const { subjects } = control('', 'met');
  expect(sumsOf([control('1', 'incomplete')])).toMatchObject({ passed: 0, assessed: 0, applicable: 0 });
  expect(sumsOf([control('1', 'incomplete')])).not.toHaveProperty('rate');
  expect(sumsOf([control('1', 'incomplete')])).not.toHaveProperty('coverage');
  const open = control('1', 'incomplete', { subjects: { ...subjects, 'not-assessed': 4 }, unanswered: 2 });
  expect(sumsOf([open])).toMatchObject({ coverage: 0, unanswered: 2, questions: 3 });
  expect(sumsOf([open])).not.toHaveProperty('rate');
  const judged = control('2', 'not-met', { subjects: { ...subjects, pass: 3, fail: 1, 'not-applicable': 9 } });
  expect(sumsOf([open, judged])).toEqual({
    passed: 3,
    assessed: 4,
    applicable: 8,
    rate: 0.75,
    coverage: 0.5,
    questions: 6,
    unanswered: 2,
  });
});

test.each([
  [{ questions: 3, unanswered: 0 }, ''],
  [{ questions: 3, unanswered: 1 }, '1 of 3 required questions has no full answer'],
  [{ questions: 3, unanswered: 3 }, '3 of 3 required questions have no full answer'],
])('questions without a full answer: %j', (control3, words) => {
  expect(unansweredWords(control3)).toBe(words);
});
