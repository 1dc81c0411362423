import { describe, expect, test } from 'vitest';
import { type Beginning, type Place, placeOf, skippedBy, type Stored, storedAfter } from './place.ts';

const stored: Stored = { epoch: 'b', sequence: 5, pastEpochs: ['a'] };
const empty: Stored = { epoch: null, sequence: 0, pastEpochs: [] };

type Row = readonly [why: string, stored: Stored, batch: Beginning, place: Place];

const rows: readonly Row[] = [
  ['the next one', stored, { epoch: 'b', sequence: 6 }, follows(0, 5)],
  ['again from the start', stored, { epoch: 'b', sequence: 1 }, follows(5, 5)],
  ['again in part', stored, { epoch: 'b', sequence: 5 }, follows(1, 5)],
  ['one too far', stored, { epoch: 'b', sequence: 7 }, gap(5)],
  ['far too far', stored, { epoch: 'b', sequence: 70 }, gap(5)],
  ['gone up to it', stored, { epoch: 'b', sequence: 9, missing: { first: 6, last: 8 } }, follows(0, 8, ['b', 6, 8])],
  ['one is gone', stored, { epoch: 'b', sequence: 7, missing: { first: 6, last: 6 } }, follows(0, 6, ['b', 6, 6])],
  ['more is here', stored, { epoch: 'b', sequence: 9, missing: { first: 2, last: 8 } }, follows(0, 8, ['b', 6, 8])],
  ['one of them is not gone', stored, { epoch: 'b', sequence: 9, missing: { first: 7, last: 8 } }, gap(5)],
  ['the last is not gone', stored, { epoch: 'b', sequence: 9, missing: { first: 6, last: 7 } }, gap(5)],
  ['more is gone than is before it', stored, { epoch: 'b', sequence: 9, missing: { first: 6, last: 9 } }, gap(5)],
  ['gone, but it is here', stored, { epoch: 'b', sequence: 6, missing: { first: 1, last: 5 } }, follows(0, 5)],
  ['the very first', empty, { epoch: 'b', sequence: 1 }, begins(0)],
  ['of an unknown epoch', empty, { epoch: 'b', sequence: 4 }, gap(0)],
  [
    'gone before the very first',
    empty,
    { epoch: 'b', sequence: 4, missing: { first: 1, last: 3 } },
    begins(3, ['b', 1, 3]),
  ],
  ['not all gone', empty, { epoch: 'b', sequence: 4, missing: { first: 2, last: 3 } }, gap(0)],
  [
    'the very first, nobody cares for before',
    empty,
    { epoch: 'b', sequence: 1, before: { epoch: 'a', last: 3 } },
    begins(0),
  ],
  ['a new epoch of v0.1', stored, { epoch: 'c', sequence: 1 }, begins(0)],
  ['a new epoch, inside', stored, { epoch: 'c', sequence: 2 }, gap(0)],
  [
    'a new epoch, all of the old one here',
    stored,
    { epoch: 'c', sequence: 1, before: { epoch: 'b', last: 5 } },
    begins(0),
  ],
  ['a new epoch, less than is here', stored, { epoch: 'c', sequence: 1, before: { epoch: 'b', last: 4 } }, begins(0)],
  [
    'a new epoch, one gone',
    stored,
    { epoch: 'c', sequence: 1, before: { epoch: 'b', last: 6 } },
    begins(0, ['b', 6, 6]),
  ],
  [
    'a new epoch, some gone',
    stored,
    { epoch: 'c', sequence: 1, before: { epoch: 'b', last: 9 } },
    begins(0, ['b', 6, 9]),
  ],
  [
    'two epochs on',
    stored,
    { epoch: 'd', sequence: 1, before: { epoch: 'c', last: 2 } },
    begins(0, ['b', 6, undefined], ['c', 1, 2]),
  ],
  [
    'two epochs on, one of a single fact',
    stored,
    { epoch: 'd', sequence: 1, before: { epoch: 'c', last: 1 } },
    begins(0, ['b', 6, undefined], ['c', 1, 1]),
  ],
  [
    'two epochs on, an empty one between',
    stored,
    { epoch: 'd', sequence: 1, before: { epoch: 'c', last: 0 } },
    begins(0, ['b', 6, undefined]),
  ],
  [
    'a new epoch of which the beginning is gone too',
    stored,
    { epoch: 'c', sequence: 3, missing: { first: 1, last: 2 }, before: { epoch: 'b', last: 6 } },
    begins(2, ['b', 6, 6], ['c', 1, 2]),
  ],
];

describe('the place of a batch', () => {
  test.each(rows)('%s', (...[, known, batch, place]) => {
    expect(placeOf(known, batch)).toEqual(place);
  });

  test.each([1, 6, 7])('an epoch that ended takes nothing, from %d on neither', (sequence) => {
    const refused = expect.objectContaining({ code: 'epoch-ended' });
    expect(() => placeOf(stored, { epoch: 'a', sequence })).toThrow(refused);
    expect(() => placeOf(stored, { epoch: 'a', sequence, missing: { first: 1, last: sequence - 1 } })).toThrow(refused);
  });

  test.each([
    [follows(3, 5), 3, 2, 7],
    [follows(0, 5), 0, 4, 9],
    [follows(0, 8, ['b', 6, 8]), 0, 1, 9],
    [begins(0), 0, 4, 4],
    [begins(3), 0, 4, 7],
    [gap(5), 0, 0, 5],
  ] as const)('%o skips %d, and after %d facts more has %d', (...[place, skipped, facts, after]) => {
    expect([skippedBy(place), storedAfter(place, facts)]).toEqual([skipped, after]);
  });
});

type MissingFacts = readonly [epoch: string, first: number, last: number | undefined];

function follows(skip: number, sequence: number, ...missing: readonly MissingFacts[]): Place {
  return { kind: 'follows', skip, stored: sequence, missing: missing.map(missingOf) };
}

function begins(sequence: number, ...missing: readonly MissingFacts[]): Place {
  return { kind: 'begins', stored: sequence, missing: missing.map(missingOf) };
}

function gap(sequence: number): Place {
  return { kind: 'gap', stored: sequence };
}

function missingOf([epoch, first, last]: MissingFacts) {
  return { epoch, first, ...(last === undefined ? {} : { last }) };
}
