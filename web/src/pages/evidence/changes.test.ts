import { describe, expect, test } from 'vitest';
import { answerName, changesHead, isWorse, spanOf } from './changes.ts';

const now = new Date('2026-11-24T12:00:00Z');
const moved = (from: 'met' | 'incomplete' | 'not-met', to: 'met' | 'incomplete' | 'not-met') => ({
  id: '4.1.1',
  title: 'Image vulnerabilities',
  from,
  to,
});

test.each([
  [{}, '2026-11-17', '2026-11-24'],
  [{ from: '2026-11-01' }, '2026-11-01', '2026-11-24'],
  [{ to: '2026-03-03' }, '2026-02-24', '2026-03-03'],
  [{ from: '2026-03-03', to: '2026-02-01' }, '2026-02-01', '2026-03-03'],
])('%j compares %s with %s', (search, first, last) => {
  const to = last === '2026-11-24' ? now.toISOString() : `${last}T23:59:59Z`;
  expect(spanOf(search, now)).toEqual({ first, last, from: `${first}T23:59:59Z`, to });
});

test('an answer of another part of the product has a name for people', () => {
  expect(answerName('answer/image-scanned')).toBe('Image scanned, measured by Seawall');
  expect(answerName('CTR-001')).toBe('CTR-001');
});

test('less that is known is worse, too', () => {
  expect(isWorse(moved('met', 'incomplete'))).toBe(true);
  expect(isWorse(moved('incomplete', 'not-met'))).toBe(true);
  expect(isWorse(moved('not-met', 'incomplete'))).toBe(false);
});

describe('the sentence about changes', () => {
  test.each([
    [[], { verdict: 'No control stands otherwise.', reason: '' }],
    [[moved('incomplete', 'met')], { verdict: '1 control stands better.', reason: 'None stands worse.' }],
    [[moved('met', 'not-met')], { state: 'fail', verdict: '1 control stands worse.', reason: '' }],
    [
      [moved('met', 'not-met'), moved('met', 'incomplete'), moved('not-met', 'met')],
      { state: 'fail', verdict: '2 controls stand worse.', reason: '1 stands better.' },
    ],
  ])('says what became worse first: %#', (controls, head) => {
    expect(changesHead(controls)).toEqual(head);
  });
});
