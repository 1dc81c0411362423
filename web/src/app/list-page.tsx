import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';
import { type Page, pageReading } from '../api.ts';
import { EmptyState } from '../ui/blank.tsx';
import type { Column } from '../ui/columns.ts';
import { DataTable, type DataTableProps } from '../ui/data-table.tsx';
import { FilterBar, type OtherFilter } from '../ui/filter-bar.tsx';
import type { FilterChoice } from '../ui/filter-choice.ts';
import type { IconName } from '../ui/icon.tsx';
import type { RowSource } from '../ui/paged-rows.ts';
import { useEnvironment } from './environment.ts';
import { NoneLeft } from './none-left.tsx';
import { ViewsMenu } from './views-menu.tsx';

/** What a list depends on beside its own part of the address. */
export interface ListContext {
  readonly environment: string | undefined;
  /** When the list was opened, in milliseconds: spans such as "the last 24 hours" count back from it, so rows stay. */
  readonly openedAt: number;
}

/** A list as data: what it shows, how it is narrowed and sorted, and what it says when it is empty. */
export interface ListDeclaration<Row, Search extends object> {
  /** For screen readers, and the name of an exported file. */
  readonly name: string;
  /** One row, and several. */
  readonly noun: readonly [one: string, many: string];
  readonly columns: readonly Column<Row>[];
  /** Pixels of a row as a line, and as a card on a narrow page. */
  readonly heights: readonly [wide: number, narrow: number];
  readonly source: (search: Search, context: ListContext) => RowSource<Row>;
  /** What the search field finds; missing: the list has no search. */
  readonly searchFor?: string;
  readonly filters?: readonly FilterChoice[];
  /** Filters that are set elsewhere, such as by a link; here they can be removed. */
  readonly others?: readonly OtherFilter[];
  /** The order when the address names none; missing: the list has one order. */
  readonly sort?: string;
  /** Fields of the address that open something beside the list: a changed filter ends them. */
  readonly details?: readonly (keyof Search & string)[];
  /** What the list belongs to: fields that come from the page and not from its filters. */
  readonly about?: readonly (keyof Search & string)[];
  /** Fields of the address that choose the page's view: they are no filter. */
  readonly views?: readonly (keyof Search & string)[];
  /** What will appear here, and how. */
  readonly empty: { readonly icon: IconName; readonly title: string; readonly body: ReactNode };
}

interface ListProps<Row, Search> extends Pick<DataTableProps<Row>, 'open' | 'selected' | 'steps'> {
  readonly search: Search;
  /** Where the columns depend on more than the row. */
  readonly columns?: readonly Column<Row>[];
  /** What an empty list means, where it depends on more than filters. */
  readonly empty?: ReactNode;
}

/** Makes the component of a list: search, filters, sorting, "42 of 589", paging, export and the empty state. */
export function listPage<Row, Search extends object>(
  list: ListDeclaration<Row, Search>,
): (props: ListProps<Row, Search>) => ReactNode {
  return function List(props) {
    const { search } = props;
    const navigate = useNavigate();
    const environment = useEnvironment();
    const [openedAt] = useState(Date.now);
    const { filters = [], others = [], details = [] } = list;
    const views = pick(search, list.views ?? []);
    const ids = ['search', ...filters.map(({ id }) => id), ...others.map(({ id }) => id)];
    const source = list.source(search, { environment, openedAt });
    const whole = list.source(without(search, ids), { environment, openedAt });
    const bare = { ...pick(search, ['sort', ...(list.about ?? [])]), ...views } as Search;
    const narrowed = source.list !== list.source(bare, { environment: undefined, openedAt }).list;
    const filtered = source.list !== whole.list;
    const all = useQuery({ ...whole.page({ offset: 0, limit: 1 }), enabled: filtered }).data?.total;
    const change = (changes: object): void => {
      const merge = (before: object) => ({ ...before, ...changes });
      void navigate({ to: '.', search: merge as never, hash: true, replace: true, resetScroll: false });
    };
    const values = Object.fromEntries(Object.entries(search).filter(([id]) => ids.includes(id)));
    const ended = Object.fromEntries(details.map((id) => [id, undefined]));
    const sort = list.sort && { by: sortOf(search) ?? list.sort, choose: (by: string) => change({ sort: by }) };
    return (
      <DataTable<Row>
        name={list.name}
        source={source}
        columns={props.columns ?? list.columns}
        heights={list.heights}
        filters={
          <>
            <FilterBar
              values={values}
              choices={filters}
              others={others}
              searchFor={list.searchFor}
              change={(id, value) => change({ ...ended, [id]: value })}
            />
            <ViewsMenu
              list={list.name}
              search={{ ...values, sort: sortOf(search), environment }}
              fields={[...ids, 'sort', 'environment', ...details]}
            />
          </>
        }
        {...(filtered && all !== undefined && { all })}
        empty={narrowed ? <NoneLeft noun={list.noun} views={views} /> : (props.empty ?? <Teaches {...list.empty} />)}
        {...(sort && { sort })}
        {...(props.steps && { steps: props.steps })}
        selected={props.selected}
        open={props.open}
      />
    );
  };
}

/** The rows of a list endpoint, as a list shows them. */
export function rowsOf<E extends Endpoint, Row>(
  endpoint: E,
  input: Partial<CallInput<E>>,
  rows: Omit<RowSource<Row>, 'list' | 'page'> & { readonly pageOf: (reply: ReplyOf<E>) => Page<Row> },
): RowSource<Row> {
  const { pageOf, ...rest } = rows;
  return {
    ...rest,
    list: JSON.stringify([endpoint.path, input.params, input.query]),
    page: (window) =>
      pageReading(endpoint, { ...input, query: { ...Object(input.query), ...window } } as typeof input, pageOf),
  };
}

function Teaches({ icon, title, body }: ListDeclaration<unknown, object>['empty']): ReactNode {
  return (
    <EmptyState icon={icon} title={title}>
      {body}
    </EmptyState>
  );
}

function sortOf(search: object): string | undefined {
  return 'sort' in search && typeof search.sort === 'string' ? search.sort : undefined;
}

function without<Search extends object>(search: Search, ids: readonly string[]): Search {
  return Object.fromEntries(Object.entries(search).filter(([id]) => !ids.includes(id))) as Search;
}

function pick(search: object, ids: readonly string[]): object {
  return Object.fromEntries(Object.entries(search).filter(([id]) => ids.includes(id)));
}
