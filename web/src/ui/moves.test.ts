import { describe, expect, it } from 'vitest';
import { movesOf } from './moves.ts';

function ranked(keys: string): ReadonlyMap<string, number> {
  return new Map(keys.split('').map((key, index) => [key, index]));
}

describe('movesOf', () => {
  it('names the row that overtook others, and not those that gave way', () => {
    expect([...movesOf(ranked('abcde'), ranked('adbce'))]).toEqual([['d', 2]]);
    expect([...movesOf(ranked('abc'), ranked('bca'))].map(([key]) => key)).toEqual([]);
  });

  it('names no row that only closed up where others went', () => {
    expect(movesOf(ranked('abcde'), ranked('bcde')).size).toBe(0);
    expect(movesOf(ranked('abc'), ranked('abc')).size).toBe(0);
  });

  it('names a row that came in above others, and none that follows at the end', () => {
    expect([...movesOf(ranked('abc'), ranked('axbc'))]).toEqual([['x', 'new']]);
    expect(movesOf(ranked('abc'), ranked('abcd')).size).toBe(0);
    expect(movesOf(new Map(), ranked('abc')).size).toBe(0);
  });
});
