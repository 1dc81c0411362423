import { useRef } from 'react';
import { type Move, movesOf, type Ranked } from './moves.ts';
import { pageSize, type Shown } from './settle.ts';

/** Milliseconds for which a row says that it moved. */
const keptFor = 60_000;
/** What tells rows apart, and what they are ranked by. */
interface Ranking<Row> {
  readonly keyOf: (row: Row) => string;
  readonly weightOf?: (row: Row) => number;
}

const none: ReadonlyMap<string, Move> = new Map();

/** How rows climbed to their places when the pages that are shown last changed. */
export function useMoves<Row>(shown: Shown<Row>, { keyOf, weightOf }: Ranking<Row>): ReadonlyMap<string, Move> {
  const last = useRef({ shown, moves: none, at: 0 });
  const { shown: before, moves: kept, at } = last.current;
  const remember = (moves: ReadonlyMap<string, Move>, since: number): ReadonlyMap<string, Move> => {
    last.current = { shown, moves, at: since };
    return moves;
  };
  if (before.list !== shown.list || weightOf === undefined) return remember(none, 0);
  // Pages that only came into view say nothing of how rows moved.
  const common = [...shown.pages.keys()].filter((number) => before.pages.has(number));
  if (common.every((number) => before.pages.get(number) === shown.pages.get(number))) return remember(kept, at);
  const rankedIn = ({ pages }: Shown<Row>): ReadonlyMap<string, Ranked> =>
    new Map(
      common.flatMap((number) => {
        const rows = pages.get(number)?.rows ?? [];
        return rows.map(
          (row, index) => [keyOf(row), { place: number * pageSize + index, weight: weightOf(row) }] as const,
        );
      }),
    );
  const moves = movesOf(rankedIn(before), rankedIn(shown));
  const now = performance.now();
  return moves.size > 0 || now - at > keptFor ? remember(moves, now) : remember(kept, at);
}
