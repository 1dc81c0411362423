import { useQueries } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Page, PageReading } from '../api.ts';
import type { Move } from './moves.ts';
import { pageSize, settle, type Shown } from './settle.ts';
import { useMoves } from './use-moves.ts';

export { pageSize };

/** A list that the console pages. */
export interface RowSource<Row> {
  /** All that decides which rows are in the list; another text is another list. */
  readonly list: string;
  readonly page: (window: { readonly offset: number; readonly limit: number }) => PageReading<Row>;
  readonly keyOf: (row: Row) => string;
  /** What a ranked list is ranked by: a row that gains it and climbs lights up. */
  readonly weightOf?: (row: Row) => number;
}

export interface PagedRows<Row> {
  /** Missing until the first page is there. */
  readonly total: number | undefined;
  /** Missing while its page is on the way. */
  readonly rowAt: (index: number) => Row | undefined;
  /** How a row came to its place, where the list just changed. */
  readonly moveOf: (row: Row) => Move | undefined;
  readonly waiting: number;
  /** The rows still belong to the list before. */
  readonly outdated: boolean;
  readonly letIn: () => void;
  readonly error: unknown;
  readonly retry: () => void;
}

/** Asks for the wanted pages and keeps what is shown at rest while the table is held. */
export function usePagedRows<Row>(
  source: RowSource<Row>,
  wanted: readonly number[],
  moving: 'free' | 'held',
): PagedRows<Row> {
  const results = useQueries({
    queries: wanted.map((number) => source.page({ offset: number * pageSize, limit: pageSize })),
  });
  const shown = useRef<Shown<Row>>({ list: '', total: undefined, pages: new Map() });
  const [, redraw] = useState(0);
  const arrived = new Map<number, Page<Row>>();
  results.forEach((result, at) => {
    const number = wanted[at];
    if (number !== undefined && result.data !== undefined) arrived.set(number, result.data);
  });
  const bring = (how: 'free' | 'held') =>
    settle(shown.current, { list: source.list, pages: arrived, moving: how, keyOf: source.keyOf });
  const settled = bring(moving);
  shown.current = settled.shown;
  const moves = useMoves(settled.shown, source);
  const failed = results.find((result) => result.data === undefined && result.error !== null);
  return {
    total: settled.shown.total,
    rowAt: (index) => settled.shown.pages.get(Math.floor(index / pageSize))?.rows[index % pageSize],
    moveOf: (row) => moves.get(source.keyOf(row)),
    waiting: settled.waiting,
    outdated: settled.shown.total !== undefined && settled.shown.list !== source.list,
    letIn: () => {
      shown.current = bring('free').shown;
      redraw((round) => round + 1);
    },
    error: failed?.error,
    retry: () => results.forEach((result) => void result.refetch()),
  };
}
