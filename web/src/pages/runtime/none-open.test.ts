import { expect, it } from 'vitest';
import { noneOpen } from './none-open.ts';

const none = { unknown: 0, unprotected: 0, partly: 0, protected: 0, watched: 0 };
const of = (all: Partial<typeof none>, preventing: Partial<typeof none> = {}, acknowledged = 0) =>
  noneOpen({ protection: { all: { ...none, ...all }, preventing: { ...none, ...preventing } }, acknowledged });

it('is green only where all that runs is watched, as its rules ask, and nothing is acknowledged and not closed', () => {
  expect(of({ protected: 2, watched: 1 }, { protected: 2 })).toEqual({ kind: 'none', state: 'pass', number: 0 });
  expect(of({ watched: 1 })).toMatchObject({ state: 'pass' });
  expect(noneOpen({ protection: undefined, acknowledged: 0 })).toEqual({ kind: 'unread', state: 'unknown', number: 0 });
  expect(of({ watched: 1, unknown: 2 })).toEqual({ kind: 'unknown', state: 'unknown', number: 2 });
  expect(of({})).toEqual({ kind: 'nothing-runs', state: 'unknown', number: 0 });
  expect(of({ unknown: 2 })).toEqual({ kind: 'unwatched', state: 'unknown', number: 2 });
  expect(of({ partly: 1, protected: 1 }, { partly: 1, protected: 1 })).toEqual({
    kind: 'lacking',
    state: 'fail',
    number: 1,
  });
  expect(of({ watched: 1 }, {}, 3)).toEqual({ kind: 'acknowledged', state: 'partly', number: 3 });
});
