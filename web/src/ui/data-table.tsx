import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { ErrorState, Skeleton } from './blank.tsx';
import { type Column, shownColumns, useHiddenColumns } from './columns.ts';
import { pageSize, type PagedRows, type RowSource, usePagedRows } from './paged-rows.ts';
import { useRowKeys } from './row-keys.ts';
import { TableBar } from './table-bar.tsx';
import { TableHead } from './table-head.tsx';
import { mostPrinted, usePrinting } from './printing.ts';
import { useNarrow, useWidth } from './viewport.ts';

/** What a table shows and how. Rows have one height, so that nothing moves when they arrive. */
export interface DataTableProps<Row> {
  /** Name for screen readers, and of an exported file. */
  readonly name: string;
  readonly source: RowSource<Row>;
  readonly columns: readonly Column<Row>[];
  /** Pixels of a row as a line, and as a card on a narrow page. */
  readonly heights: readonly [wide: number, narrow: number];
  readonly filters: ReactNode;
  /** Rows of the list without its filters, where filters are on. */
  readonly all?: number;
  readonly empty: ReactNode;
  readonly sort?: { readonly by: string; readonly choose: (by: string) => void };
  /** Key of the row whose detail is open. */
  readonly selected?: string | undefined;
  readonly open: (row: Row, how: 'step' | 'open') => void;
  /** Whether moving with `J` and `K` opens what it comes to, as beside a detail pane. */
  readonly steps?: 'open' | 'mark';
}

/** A table of any length: pages are fetched as they come into view, and new rows wait while the pointer is inside. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const { source, heights } = props;
  const [wanted, setWanted] = useState<readonly number[]>([0]);
  const [inside, setInside] = useState(false);
  const hidden = useHiddenColumns(props.name);
  const rows = usePagedRows(source, wanted, inside ? 'held' : 'free');
  const list = useRef<HTMLDivElement>(null);
  const printing = usePrinting();
  const { height, width } = useRoom(list, { heights, printing });
  const virtual = useWindowVirtualizer({
    count: rows.total ?? 12,
    estimateSize: () => height,
    overscan: printing ? Math.min(mostPrinted, rows.total ?? 0) : 8,
    scrollMargin: list.current?.offsetTop ?? 0,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  const items = virtual.getVirtualItems();
  const visible = pagesOf(items[0]?.index ?? 0, items.at(-1)?.index ?? 0).join();
  useEffect(() => setWanted(visible.split(',').map(Number)), [visible]);
  const cursor = useCursor(props, rows, (index) => virtual.scrollToIndex(index, { align: 'auto' }));
  const columns = shownColumns(props.columns, hidden.ids, width);
  const style = { '--tall': `${heights[0]}px`, '--tall-narrow': `${heights[1]}px` } as CSSProperties;
  const before = (items[0]?.start ?? 0) - virtual.options.scrollMargin;
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? 0) - virtual.options.scrollMargin);
  return (
    <div
      className="list"
      data-list={props.name}
      tabIndex={-1}
      ref={list}
      style={style}
      aria-busy={rows.total === undefined || rows.outdated}
    >
      <TableBar {...props} hidden={hidden} rows={rows} />
      {rows.error ? (
        <ErrorState error={rows.error} retry={rows.retry} />
      ) : rows.total === 0 ? (
        props.empty
      ) : (
        <table
          aria-label={props.name}
          aria-rowcount={(rows.total ?? -2) + 1}
          onPointerEnter={(event) => setInside(event.pointerType === 'mouse')}
          onPointerLeave={() => setInside(false)}
        >
          <TableHead columns={columns} {...(props.sort && { sort: props.sort })} />
          <tbody>
            <Space height={before} columns={columns.length} />
            {items.map(({ index }) => (
              <TableRow key={keyAt(rows, source, index)} {...{ index, rows, columns, cursor }} table={props} />
            ))}
            <Space height={after} columns={columns.length} />
          </tbody>
        </table>
      )}
      {rows.total !== undefined && rows.total > 0 && <Foot />}
    </div>
  );
}

/** How tall a row is, and how wide the list; cards and paper have room for every value. */
function useRoom(
  list: RefObject<HTMLElement | null>,
  { heights, printing }: { readonly heights: DataTableProps<unknown>['heights']; readonly printing: boolean },
) {
  const narrow = useNarrow();
  const width = useWidth(list);
  return { height: heights[narrow ? 1 : 0], width: narrow || printing ? Number.POSITIVE_INFINITY : width };
}

/** A row is known by its place, so that little is drawn anew; one that moved is, so that it lights up. */
function keyAt<Row>(rows: PagedRows<Row>, source: RowSource<Row>, index: number): string {
  const row = rows.rowAt(index);
  return row === undefined || rows.moveOf(row) === undefined ? String(index) : `${index} ${source.keyOf(row)}`;
}

/** Numbers of the pages that hold two rows and all between. */
function pagesOf(first: number, last: number): readonly number[] {
  const from = Math.floor(first / pageSize);
  return Array.from({ length: Math.floor(last / pageSize) - from + 1 }, (_, step) => from + step);
}

function useCursor<Row>(table: DataTableProps<Row>, rows: PagedRows<Row>, reveal: (index: number) => void): number {
  const [cursor, setCursor] = useState(-1);
  const openAt = (index: number, how: 'step' | 'open'): void => {
    const row = rows.rowAt(index);
    if (row !== undefined) table.open(row, how);
  };
  useEffect(() => setCursor(-1), [table.source.list]);
  useRowKeys({
    move: (by) => {
      // Beside a detail pane the first row is open from the start.
      const from = cursor === -1 && table.steps === 'open' ? 0 : cursor;
      const next = Math.min(Math.max(from + by, 0), (rows.total ?? 1) - 1);
      setCursor(next);
      reveal(next);
      if (table.steps === 'open') openAt(next, 'step');
    },
    open: () => openAt(cursor, 'open'),
  });
  return cursor;
}

function Space({ height, columns }: { readonly height: number; readonly columns: number }): ReactNode {
  if (height <= 0) return null;
  return (
    <tr className="space" aria-hidden="true" style={{ height }}>
      <td colSpan={columns} />
    </tr>
  );
}

interface RowProps<Row> {
  readonly index: number;
  readonly rows: PagedRows<Row>;
  readonly columns: readonly Column<Row>[];
  readonly table: DataTableProps<Row>;
  readonly cursor: number;
}

function TableRow<Row>({ index, rows, columns, table, cursor }: RowProps<Row>): ReactNode {
  const row = rows.rowAt(index);
  const move = row && rows.moveOf(row);
  const selected = row !== undefined && table.selected === table.source.keyOf(row);
  return (
    <tr
      className={move === undefined ? 'row' : 'row moved'}
      aria-rowindex={index + 2}
      aria-selected={selected || undefined}
      data-cursor={cursor === index}
      onClick={(event) => {
        if (row !== undefined && !(event.target as Element).closest('a, button')) table.open(row, 'open');
      }}
    >
      {columns.map((column) => {
        const Cell = column.heads === 'row' ? 'th' : 'td';
        return (
          <Cell key={column.id} className={column.className} {...(column.heads === 'row' && { scope: 'row' })}>
            {row === undefined ? <Skeleton width={column.heads === 'row' ? 180 : 40} /> : column.cell(row, index, move)}
          </Cell>
        );
      })}
    </tr>
  );
}

function Foot(): ReactNode {
  return (
    <p className="foot">
      <span className="keys">
        <kbd>J</kbd> <kbd>K</kbd> move
      </span>
      <span className="keys">
        <kbd>Enter</kbd> open
      </span>
    </p>
  );
}
