import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Exception, listExceptions } from '#policy/contract.ts';
import { pageReading, reading } from '../../api.ts';
import { EmptyState } from '../../ui/blank.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { DetailPane } from '../../ui/detail-pane.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import type { RowSource } from '../../ui/paged-rows.ts';
import { exceptionColumns } from './exception-columns.tsx';
import { ExceptionDetail } from './exception-detail.tsx';
import type { ExceptionsSearch } from './policy-search.ts';

const route = getRouteApi('/inside/exceptions');
/** Detail of one that is not among the first this many is opened from its row. */
const most = 500;

/** The list, and beside it the one that is open. */
export function ExceptionList({ search }: { readonly search: ExceptionsSearch }): ReactNode {
  const navigate = route.useNavigate();
  const { state, advisory } = search;
  const first = useQuery(reading(listExceptions, { query: { state, advisory, limit: most } })).data?.exceptions;
  const opened = first?.find(({ id }) => id === search.exception);
  const open = (id: string | undefined): void =>
    void navigate({ search: (now) => ({ ...now, exception: id }), replace: true, resetScroll: false });
  const change = (id: string, value: string | undefined): void =>
    void navigate({
      search: (now) => ({ ...now, exception: undefined, ...(id === 'search' && { advisory: value?.trim() }) }),
      replace: true,
      resetScroll: false,
    });
  return (
    <div className={opened === undefined ? 'split exceptions' : 'split exceptions opened'}>
      <DataTable<Exception>
        name="Exceptions"
        source={sourceOf(state, advisory)}
        columns={exceptionColumns}
        heights={[46, 118]}
        filters={
          <FilterBar values={{ search: advisory }} choices={[]} searchFor="Advisory: CVE-2026-…" change={change} />
        }
        empty={<NoExceptions filtered={state !== undefined || advisory !== undefined} />}
        selected={opened?.id}
        open={({ id }) => open(id)}
        steps={opened === undefined ? 'mark' : 'open'}
      />
      {opened && (
        <DetailPane
          title={`Exception for ${opened.advisory}`}
          kind="Exception"
          opened
          close={() => open(undefined)}
          place="beside"
        >
          <ExceptionDetail key={opened.id} exception={opened} />
        </DetailPane>
      )}
    </div>
  );
}

function sourceOf(state: ExceptionsSearch['state'], advisory: string | undefined): RowSource<Exception> {
  return {
    list: JSON.stringify([state, advisory]),
    keyOf: ({ id }) => id,
    page: (window) =>
      pageReading(listExceptions, { query: { state, advisory, ...window } }, ({ total, exceptions }) => ({
        total,
        rows: exceptions as readonly Exception[],
      })),
  };
}

function NoExceptions({ filtered }: { readonly filtered: boolean }): ReactNode {
  if (filtered) {
    return (
      <EmptyState icon="exceptions" title="No results">
        <p className="soft">
          The search needs the whole id of an advisory. <Link to="/exceptions">All exceptions</Link>
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="exceptions" title="No exceptions yet">
      <p className="soft">
        With an exception, rules ignore one advisory in one package at one version, for a reason and until a date.
        Another person approves it. When the package changes, it no longer applies.
      </p>
    </EmptyState>
  );
}
