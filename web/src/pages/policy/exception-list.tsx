import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type Exception, listExceptions } from '#policy/contract.ts';
import { reading } from '../../api.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { timeFilters, timeQuery } from '../../app/time-range.ts';
import { DetailPane } from '../../ui/detail-pane.tsx';
import { exceptionColumns } from './exception-columns.tsx';
import { ExceptionDetail } from './exception-detail.tsx';
import { reasonWords } from './exception-words.ts';
import type { ExceptionsSearch } from './policy-search.ts';

const route = getRouteApi('/inside/exceptions');
/** Detail of one that is not among the first this many is opened from its row. */
const most = 500;

const Exceptions = listPage<Exception, ExceptionsSearch>({
  name: 'Exceptions',
  noun: ['exception', 'exceptions'],
  columns: exceptionColumns,
  heights: [46, 118],
  searchFor: 'advisory, package, explanation or person',
  filters: [{ id: 'reason', name: 'Reason', options: Object.entries(reasonWords) }, ...timeFilters],
  others: [{ id: 'advisory', name: 'Advisory' }],
  details: ['exception'],
  views: ['state'],
  source: (search, { openedAt }) =>
    rowsOf(
      listExceptions,
      { query: queryOf(search, openedAt) },
      {
        keyOf: ({ id }) => id,
        pageOf: ({ total, exceptions }) => ({ total, rows: exceptions as readonly Exception[] }),
      },
    ),
  empty: {
    icon: 'exceptions',
    title: 'No exceptions yet',
    body: (
      <p className="soft">
        With an exception, rules ignore one advisory in one package at one version, for a reason and until a date.
        Another person approves it. When the package changes, it no longer applies.
      </p>
    ),
  },
});

/** What the console is asked for; `state` chooses among what all other filters leave. */
export function queryOf(search: ExceptionsSearch, openedAt: number) {
  const { state, advisory, search: text, reason } = search;
  return { state, advisory, search: text, reason, ...timeQuery(search, openedAt) };
}

/** The list, and beside it the one that is open. */
export function ExceptionList({ search }: { readonly search: ExceptionsSearch }): ReactNode {
  const navigate = route.useNavigate();
  const [openedAt] = useState(Date.now);
  const query = { ...queryOf(search, openedAt), limit: most };
  const first = useQuery(reading(listExceptions, { query })).data?.exceptions;
  const opened = first?.find(({ id }) => id === search.exception);
  const open = (id: string | undefined): void =>
    void navigate({ search: (now) => ({ ...now, exception: id }), replace: true, resetScroll: false });
  return (
    <div className={opened === undefined ? 'split exceptions' : 'split exceptions opened'}>
      <Exceptions
        search={search}
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
