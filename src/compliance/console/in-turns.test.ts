import { expect, it } from 'vitest';
import { flatMapInTurns } from './in-turns.ts';

it('makes of many items what flatMap makes, and lets others have their turns', async () => {
  const items = Array.from({ length: 101 }, (_, at) => at);
  const make = (at: number): readonly string[] => {
    const until = performance.now() + 1.5;
    while (performance.now() < until);
    return at % 3 === 0 ? [] : [`${at}`, `${-at}`];
  };
  let turns = 0;
  const timer = setImmediate(function again() {
    turns += 1;
    handle = setImmediate(again);
  });
  let handle = timer;
  expect(await flatMapInTurns(items, make)).toEqual(items.flatMap(make));
  clearImmediate(handle);
  expect(turns).toBeGreaterThanOrEqual(9);
  expect(await flatMapInTurns([], make)).toEqual([]);
});
