import { expect, test } from 'vitest';
import { RuleOutcome } from '#explorer/contract.ts';
import { benchmarkName, outcomeOrder, outcomeWords, profileName } from './imported-words.ts';

const none = Object.fromEntries(RuleOutcome.options.map((outcome) => [outcome, 0])) as Record<RuleOutcome, number>;

test('every outcome has its place, what fails first', () => {
  expect(outcomeOrder.toSorted()).toEqual(RuleOutcome.options.toSorted());
  expect(outcomeWords({ ...none, pass: 12, fail: 3, error: 1 })).toBe('3 fail, 1 error, 12 pass');
});

test('a profile and a benchmark are called by their titles, where the file has them', () => {
  const benchmark = { id: 'b', title: 'Baseline' };
  expect(profileName({ benchmark, profile: { id: 'p', title: 'Strict' } })).toBe('Strict');
  expect(profileName({ benchmark, profile: { id: 'p' } })).toBe('p');
  expect(profileName({ benchmark })).toBe('Baseline, default profile');
  expect(profileName({ benchmark: { id: 'b' } })).toBe('b, default profile');
  expect(benchmarkName({ benchmark: { ...benchmark, version: '1.4' } })).toBe('Baseline 1.4');
  expect(benchmarkName({ benchmark: { id: 'b' } })).toBe('b');
});
