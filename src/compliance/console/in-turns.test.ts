import { expect, it } from 'vitest';
import { flatMapInTurns } from './in-turns.ts';

it('makes of many items what flatMap makes, and lets others have their turns', async () => {
  const items = Array.from({ length: 1001 }, (_, at) => at);
  const make = (at: number): readonly string[] => (at % 3 === 0 ? [] : [`${at}`, `${-at}`]);
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
