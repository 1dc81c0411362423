import { expect, it } from 'vitest';
import type { OperatorListInPlace } from '#compliance/contract.ts';
import { entriesIn, headOfLists, heldEntries, sourceWords, withProposed } from './list-words.ts';

const list = (more: Partial<OperatorListInPlace>): OperatorListInPlace => ({
  id: 'ports',
  title: 'Ports',
  entry: 'A port',
  checks: [{ id: 'CTR-027', subject: 'container', title: 'Ports are approved' }],
  version: 0,
  ...more,
});
const saved = { at: '2026-11-30T01:00:00Z', by: 'ada' };

it.each([
  [{}, undefined, 'not set'],
  [{ shipped: [] }, [], 'as shipped'],
  [{ shipped: ['a'] }, ['a'], 'as shipped'],
  [{ shipped: ['a'], saved: { ...saved, entries: [] } }, [], 'set by ada'],
  [{ saved: { ...saved, entries: ['b'] } }, ['b'], 'set by ada'],
  [{ saved }, undefined, 'not set'],
])('of %j hold %j, %s', (more, held, words) => {
  expect([heldEntries(list(more)), sourceWords(list(more))]).toEqual([held, words]);
});

it('says first for how many lists checks wait', () => {
  expect(headOfLists([list({}), list({ shipped: [] })])).toMatchObject({
    state: 'unknown',
    word: '1 check waits for 1 list.',
    sentence: '0 lists are set by people, 1 holds what is shipped.',
  });
  expect(headOfLists([list({ shipped: [] })]).state).toBe('pass');
});

it('reads entries from lines, and adds what is proposed once', () => {
  expect(entriesIn(' a \n\nb\na')).toEqual(['a', 'b']);
  expect(withProposed('a\nb', ['b', 'c'])).toBe('a\nb\nc');
  expect(withProposed('', ['c'])).toBe('c');
});
