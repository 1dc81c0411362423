import { type ReactNode, useState } from 'react';
import type { Move } from './moves.ts';

/** One column of a table. */
export interface Column<Row> {
  readonly id: string;
  readonly name: string;
  readonly className: string;
  /** `move`: how the row came to its place in a ranked list that just changed. */
  readonly cell: (row: Row, index: number, move?: Move) => ReactNode;
  /** The column that names the row; it cannot be hidden. */
  readonly heads?: 'row';
  /** Lists that can be sorted by this column: the word of the endpoint. */
  readonly sort?: string;
  /** Its heading is for screen readers only. */
  readonly quietHead?: 'yes';
  /** Pixels of the list from which on there is room for it. Columns that carry the meaning are always shown. */
  readonly least?: number;
  /** It stands in an exported file and not on the page. */
  readonly place?: 'export';
  /** The same value in an exported file; columns without it are not exported. */
  readonly text?: (row: Row) => string | number | undefined;
}

/** The reader's choice of columns, kept in this browser. */
export interface HiddenColumns {
  readonly ids: ReadonlySet<string>;
  readonly toggle: (id: string) => void;
}

/** The columns of a list that is this wide: those that were not hidden, and that have room. */
export function shownColumns<Row>(
  columns: readonly Column<Row>[],
  hidden: ReadonlySet<string>,
  width: number,
): readonly Column<Row>[] {
  const hasRoom = ({ least = 0 }: Column<Row>): boolean => width >= least;
  return columns.filter(
    (column) => column.place !== 'export' && (column.heads === 'row' || (!hidden.has(column.id) && hasRoom(column))),
  );
}

export function useHiddenColumns(table: string): HiddenColumns {
  const key = `seawall-columns-${table}`;
  const [ids, setIds] = useState<ReadonlySet<string>>(() => new Set(readKept(key)));
  return {
    ids,
    toggle: (id) => {
      const next = new Set(ids);
      if (!next.delete(id)) next.add(id);
      setIds(next);
      keep(key, [...next].join(','));
    },
  };
}

function readKept(key: string): readonly string[] {
  try {
    return localStorage.getItem(key)?.split(',').filter(Boolean) ?? [];
  } catch {
    return [];
  }
}

function keep(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // A private window: the choice lasts for this page.
  }
}
