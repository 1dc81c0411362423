import type { ReactNode } from 'react';
import type { Column } from './columns.ts';
import { Icon } from './icon.tsx';

interface HeadProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly sort?: { readonly by: string; readonly choose: (by: string) => void };
}

/** Headings; those that the console can sort by are buttons. */
export function TableHead<Row>({ columns, sort }: HeadProps<Row>): ReactNode {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map((column) => {
          const by = column.sort;
          const sorted = sort !== undefined && by === sort.by;
          return (
            <th
              key={column.id}
              scope="col"
              className={column.className}
              {...(sorted && { 'aria-sort': by === 'name' ? 'ascending' : 'descending' })}
            >
              {sort === undefined || by === undefined ? (
                <span className={column.quietHead && 'sr'}>{column.name}</span>
              ) : (
                <button type="button" onClick={() => sort.choose(by)}>
                  {column.name}
                  {sorted && <Icon name={by === 'name' ? 'up' : 'down'} />}
                </button>
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
