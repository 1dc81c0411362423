import type { ReactNode } from 'react';
import { Skeleton } from './blank.tsx';
import type { Column } from './columns.ts';
import './plain-table.css';

/** What a short table shows. */
export interface PlainTableProps<Row> {
  /** For screen readers. */
  readonly name: string;
  /** Missing until they are there. */
  readonly rows: readonly Row[] | undefined;
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** What is out of date is hatched. */
  readonly stale?: (row: Row) => boolean;
  readonly empty?: ReactNode;
  /** What an address names behind `#` to lead to one row. */
  readonly anchorOf?: (row: Row) => string;
}

/** A short table, all of it on the page; on a phone each row is a card with the names of its values. */
export function PlainTable<Row>({
  name,
  rows,
  columns,
  keyOf,
  stale,
  empty,
  anchorOf,
}: PlainTableProps<Row>): ReactNode {
  if (rows === undefined) {
    return (
      <p className="section" aria-busy="true">
        <Skeleton width={360} />
      </p>
    );
  }
  if (rows.length === 0) return empty ?? null;
  return (
    <table className="as-cards plain" aria-label={name}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.id} scope="col" className={column.className}>
              <span className={column.quietHead && 'sr'}>{column.name}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={keyOf(row)} id={anchorOf?.(row)} className={stale?.(row) === true ? 'hatch-row' : undefined}>
            {columns.map((column) => {
              const Cell = column.heads === 'row' ? 'th' : 'td';
              return (
                <Cell
                  key={column.id}
                  className={column.className}
                  data-name={column.heads === 'row' || column.quietHead ? undefined : column.name}
                  {...(column.heads === 'row' && { scope: 'row' })}
                >
                  {column.cell(row, index)}
                </Cell>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
