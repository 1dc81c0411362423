import { expect, it } from 'vitest';
import { CustomCheckText } from '#compliance/contract.ts';
import { AppError } from '#base/index.ts';
import {
  byMeans,
  customIdFor,
  expressionProblem,
  headOfCustom,
  meansOf,
  newCustomCheck,
  triable,
  triedWords,
} from './custom-words.ts';

it('makes an id of a title that no other check has', () => {
  expect(customIdFor('No miners run', [])).toBe('custom-no-miners-run');
  expect(customIdFor('No miners run', ['custom-no-miners-run'])).toBe('custom-no-miners-run-2');
});

it.each([
  [
    new AppError('bad-request', 'check.expression: line 1, column 2: There is no x here.'),
    'Line 1, column 2: There is no x here.',
  ],
  [new AppError('bad-request', 'body.check.title: Too small'), undefined],
  [new AppError('too-costly', 'The request took more than 5 s.'), undefined],
  [null, undefined],
])('finds the place of a fault of an expression: %s', (error, expected) => {
  expect(expressionProblem(error)).toBe(expected);
});

it('says what a check says, the worst first', () => {
  expect(triedWords({ states: { pass: 11, error: 1, fail: 2 } })).toBe('1 is in error, 2 fail, 11 pass');
  expect(triedWords({ states: {} })).toBe('');
});

it('tries an expression whose check is not written to its end', () => {
  expect(CustomCheckText.safeParse(triable({ subject: 'image', expression: 'true' })).success).toBe(true);
});

it('says how many were written', () => {
  expect(headOfCustom([]).word).toBe('Nobody has written a check here.');
});

it('turns a check into one by other means, whose own words are kept', () => {
  const script = byMeans({ ...newCustomCheck, title: 'It greets', expression: 'true' }, 'script');
  expect(script).toEqual({
    ...newCustomCheck,
    title: 'It greets',
    subject: 'image',
    expression: undefined,
    script: '',
  });
  expect([meansOf(script), meansOf(byMeans(script, 'expression'))]).toEqual(['script', 'expression']);
});
