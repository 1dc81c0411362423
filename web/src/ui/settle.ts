import type { Page } from '../api.ts';

/** Rows asked for at a time. */
export const pageSize = 100;

/** What a table shows: the list it belongs to, its pages by number, and how many rows there are. */
export interface Shown<Row> {
  readonly list: string;
  readonly total: number | undefined;
  readonly pages: ReadonlyMap<number, Page<Row>>;
}

/** What the console answered last, and whether the table may move under the reader's hand. */
export interface Arrived<Row> {
  readonly list: string;
  readonly pages: ReadonlyMap<number, Page<Row>>;
  readonly moving: 'free' | 'held';
  readonly keyOf: (row: Row) => string;
}

export interface Settled<Row> {
  readonly shown: Shown<Row>;
  /** Rows that arrived and wait to be let in. */
  readonly waiting: number;
}

/**
 * Brings what arrived into what is shown. Values of rows that stay in place are always renewed;
 * rows that would move others wait while the table is held. Another list replaces the old one once it is there.
 */
export function settle<Row>(shown: Shown<Row>, arrived: Arrived<Row>): Settled<Row> {
  if (shown.list !== arrived.list) {
    const first = [...arrived.pages.values()][0];
    if (first === undefined) return { shown, waiting: 0 };
    return { shown: { list: arrived.list, total: first.total, pages: arrived.pages }, waiting: 0 };
  }
  const pages = new Map(shown.pages);
  let total = shown.total;
  let waiting = 0;
  for (const [number, fresh] of arrived.pages) {
    const old = pages.get(number);
    if (old === fresh) continue;
    if (old === undefined || arrived.moving === 'free' || sameRows(old, fresh, arrived.keyOf)) {
      pages.set(number, fresh);
      total = fresh.total;
      continue;
    }
    waiting += Math.max(1, newRows(shown, fresh, arrived.keyOf));
  }
  return { shown: { list: shown.list, total, pages }, waiting };
}

function sameRows<Row>(old: Page<Row>, fresh: Page<Row>, keyOf: (row: Row) => string): boolean {
  if (old.total !== fresh.total || old.rows.length !== fresh.rows.length) return false;
  return old.rows.every((row, index) => {
    const other = fresh.rows[index];
    return other !== undefined && keyOf(row) === keyOf(other);
  });
}

function newRows<Row>(shown: Shown<Row>, fresh: Page<Row>, keyOf: (row: Row) => string): number {
  const known = new Set([...shown.pages.values()].flatMap((page) => page.rows.map(keyOf)));
  return fresh.rows.filter((row) => !known.has(keyOf(row))).length;
}
