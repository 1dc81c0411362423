import { describe, expect, it } from 'vitest';
import { movesOf, type Ranked } from './moves.ts';

/** Rows in order, each with what it is ranked by. */
function ranked(rows: Readonly<Record<string, number>>): ReadonlyMap<string, Ranked> {
  return new Map(Object.entries(rows).map(([key, weight], place) => [key, { place, weight }]));
}

const before = ranked({ a: 90, b: 80, c: 70, d: 60 });

describe('movesOf', () => {
  it('names rows that rose above others, however many, and not those that gave way', () => {
    expect([...movesOf(before, ranked({ a: 90, d: 85, b: 80, c: 70 }))]).toEqual([['d', 2]]);
    expect([...movesOf(before, ranked({ c: 95, d: 94, a: 90, b: 80 }))]).toEqual([
      ['c', 2],
      ['d', 2],
    ]);
  });

  it('names no row that only closed up where others fell or went', () => {
    expect(movesOf(before, ranked({ b: 80, c: 70, d: 60, a: 10 })).size).toBe(0);
    expect(movesOf(before, ranked({ c: 70, d: 60 })).size).toBe(0);
    expect(movesOf(before, ranked({ a: 99, b: 80, c: 70, d: 60 })).size).toBe(0);
  });

  it('names a row that came in above others, and none that follows at the end', () => {
    expect([...movesOf(before, ranked({ a: 90, x: 85, b: 80, c: 70 }))]).toEqual([['x', 'new']]);
    expect(movesOf(before, ranked({ a: 90, b: 80, c: 70, d: 60, x: 50 })).size).toBe(0);
    expect(movesOf(new Map(), before).size).toBe(0);
  });
});
