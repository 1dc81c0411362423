import { useRef } from 'react';
import { type Move, movesOf } from './moves.ts';
import type { Shown } from './settle.ts';

/** Milliseconds for which a row says that it moved. */
const keptFor = 60_000;

/** How rows came to their places when the pages that are shown last changed. */
export function useMoves<Row>(shown: Shown<Row>, keyOf: (row: Row) => string): ReadonlyMap<string, Move> {
  const last = useRef<{ shown: Shown<Row>; moves: ReadonlyMap<string, Move>; at: number }>({
    shown,
    moves: new Map(),
    at: 0,
  });
  const { shown: before, moves: kept, at } = last.current;
  if (before.list !== shown.list) {
    last.current = { shown, moves: new Map(), at: 0 };
    return last.current.moves;
  }
  // Pages that only came into view say nothing of how rows moved.
  const common = [...shown.pages.keys()].filter((number) => before.pages.has(number));
  if (common.every((number) => before.pages.get(number) === shown.pages.get(number))) {
    last.current = { shown, moves: kept, at };
    return kept;
  }
  const places = ({ pages }: Shown<Row>): ReadonlyMap<string, number> =>
    new Map(
      common.flatMap((number) => {
        const rows = pages.get(number)?.rows ?? [];
        return rows.map((row, index) => [keyOf(row), number * 1000 + index] as const);
      }),
    );
  const moves = movesOf(places(before), places(shown));
  const now = performance.now();
  const past = now - at > keptFor;
  last.current = moves.size > 0 || past ? { shown, moves, at: now } : { shown, moves: kept, at };
  return last.current.moves;
}
