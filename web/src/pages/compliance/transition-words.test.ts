import { expect, it } from 'vitest';
import type { Transition } from '#compliance/contract.ts';
import { exceptionDoes, reachInWords } from './exception-words.ts';
import { transitionWords } from './transition-words.ts';

const moment = '2026-11-30T05:00:00.000Z';
const head = { sequence: 1, observedAt: moment, receivedAt: moment, name: 'pump' };
const changed = { ...head, kind: 'changed', check: 'CTR-001', facts: 'f' } as const;

it.each<readonly [Transition, string]>([
  [{ ...head, kind: 'first', checks: 1, facts: 'f' }, 'Judged by 1 check, for the first time by this set of checks.'],
  [{ ...head, kind: 'ended' }, 'It is gone.'],
  [{ ...changed, from: 'pass', to: 'fail' }, 'Fails, before: passes.'],
  [{ ...changed, from: 'fail', to: 'excepted' }, 'Excepted, before: fails.'],
  [{ ...changed, from: 'pass', to: 'not-assessed', silent: true }, 'Not assessed, before: passes, its host is silent.'],
  [{ ...changed, from: 'not-assessed', to: 'pass', silent: true }, 'Passes, before: not assessed.'],
])('a change %o reads %s', (transition, words) => {
  expect(transitionWords(transition)).toBe(words);
});

it.each([
  [{}, 'everything'],
  [{ name: 'pump' }, 'what is named pump'],
  [{ collections: ['shop', 'gone'] }, 'Shop, gone (deleted)'],
  [{ name: 'pump', collections: ['shop'] }, 'what is named pump in Shop'],
])('an exception with %o applies to %s', (reach, words) => {
  expect(reachInWords(reach, (id) => (id === 'shop' ? 'Shop' : undefined))).toBe(words);
});

it.each([
  ['approved', 'Applies to 1 subject.'],
  ['requested', 'Pending; would apply to 1 subject.'],
  ['denied', 'Does not apply.'],
  ['cancelled', 'Does not apply.'],
  ['expired', 'Does not apply.'],
] as const)('one that is %s: %s', (state, words) => {
  expect(exceptionDoes({ state, appliesTo: 1 })).toBe(words);
});
