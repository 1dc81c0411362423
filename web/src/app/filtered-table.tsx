import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ExportButton } from '../ui/export-button.tsx';
import { FilterBar } from '../ui/filter-bar.tsx';
import type { FilterChoice } from '../ui/filter-choice.ts';
import { count } from '../ui/format.ts';
import { PlainTable, type PlainTableProps } from '../ui/plain-table.tsx';
import { NoneLeft } from './none-left.tsx';
import { ViewsMenu } from './views-menu.tsx';

interface FilteredProps<Row, Search> extends PlainTableProps<Row> {
  /** One row, and several. */
  readonly noun: readonly [one: string, many: string];
  readonly search: Search & { readonly search?: string | undefined };
  readonly searchFor: string;
  /** What the search field looks into. */
  readonly textOf: (row: Row) => string;
  /** Where a row is found by more than a part of its text; `wanted` is in lower case. */
  readonly finds?: (row: Row, wanted: string) => boolean;
  readonly filters?: readonly FilterChoice[];
  /** Whether a row passes the filters that are on. */
  readonly passes?: (row: Row, search: Search) => boolean;
  /** What is shown can be saved as CSV. */
  readonly exported?: 'yes';
}

/** A list that the console gives whole, with search, filters, "3 of 60" and saved views. */
export function FilteredTable<Row, Search extends object>(props: FilteredProps<Row, Search>): ReactNode {
  const { rows, search, filters = [], passes = () => true } = props;
  const { finds = (row, text) => props.textOf(row).toLowerCase().includes(text) } = props;
  const navigate = useNavigate();
  const wanted = (search.search ?? '').toLowerCase();
  const found = rows?.filter((row) => finds(row, wanted) && passes(row, search));
  const ids = ['search', ...filters.map(({ id }) => id)];
  const values = Object.fromEntries(Object.entries(search).filter(([id]) => ids.includes(id)));
  const change = (id: string, value: string | undefined): void => {
    const merge = (before: object) => ({ ...before, [id]: value });
    void navigate({ to: '.', search: merge as never, replace: true, resetScroll: false });
  };
  if (rows?.length === 0) return props.empty;
  return (
    <div className="whole-list" data-list tabIndex={-1}>
      <div className="filters">
        <FilterBar values={values} choices={filters} searchFor={props.searchFor} change={change} />
        <ViewsMenu list={props.name} search={values} fields={ids} />
        <span className="end">
          {rows && found && (
            <span className="shown-rows" role="status">
              {found.length === rows.length ? count(rows.length) : `${count(found.length)} of ${count(rows.length)}`}
              <span className="sr"> rows</span>
            </span>
          )}
          {found && props.exported && (
            <ExportButton
              name={props.name}
              columns={props.columns}
              total={found.length}
              rows={() => Promise.resolve(found)}
            />
          )}
        </span>
      </div>
      <PlainTable
        {...props}
        columns={props.columns.filter(({ place }) => place !== 'export')}
        rows={found}
        empty={<NoneLeft noun={props.noun} views={{}} />}
      />
    </div>
  );
}
