import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { ReplyOf } from '#http/index.ts';
import { exportExceptions, listExceptions } from '#policy/contract.ts';
import { reading } from '../../api.ts';
import { useMe } from '../../app/session.ts';
import { Tabs } from '../../app/tabs.tsx';
import { ErrorState } from '../../ui/blank.tsx';
import { counted } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { stateWords } from './exception-words.ts';
import { ExceptionList, queryOf } from './exception-list.tsx';
import { exceptionStates } from './policy-search.ts';
import './exceptions-page.css';

const route = getRouteApi('/inside/exceptions');
const title = 'Exceptions';

type Counts = ReplyOf<typeof listExceptions>['counts'];

/** Findings that rules ignore; open requests first. */
export function ExceptionsPage(): ReactNode {
  const search = route.useSearch();
  const { data, error, refetch } = useQuery(reading(listExceptions, { query: { limit: 1 } }));
  const [openedAt] = useState(Date.now);
  const query = { ...queryOf({ ...search, state: undefined }, openedAt), limit: 1 };
  const about = useQuery(reading(listExceptions, { query })).data;
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <>
      <ExceptionsHead counts={data?.counts} />
      <StateTabs counts={about?.counts} />
      <ExceptionList search={search} />
    </>
  );
}

function ExceptionsHead({ counts }: { readonly counts: Counts | undefined }): ReactNode {
  const mayAsk = useMe()?.permissions.includes('request-exceptions') === true;
  const { requested = 0, approved = 0 } = counts ?? {};
  return (
    <PageHead
      title={title}
      {...(requested > 0 && { state: 'partly' as const })}
      verdict={
        counts === undefined
          ? ''
          : requested > 0
            ? `${counted(requested, 'request waits', 'requests wait')} for a decision.`
            : 'No open requests.'
      }
      reason={
        counts &&
        (approved > 0
          ? `${counted(approved, 'approved exception hides its finding', 'approved exceptions hide their findings')} from rules.`
          : 'None is approved: every finding counts.')
      }
      actions={
        <>
          {(counts?.approved ?? 0) > 0 && (
            <a className="btn" href={exportExceptions.path} download="exceptions.openvex.json">
              Export as OpenVEX
            </a>
          )}
          <Link className="btn" to="/compliance/checks" search={{ view: 'exceptions' }}>
            Exceptions of checks
          </Link>
          {mayAsk && (
            <Link className="btn primary" to="/exceptions/new">
              <Icon name="plus" />
              Request an exception
            </Link>
          )}
        </>
      }
    />
  );
}

function StateTabs({ counts }: { readonly counts: Counts | undefined }): ReactNode {
  const { exception: _exception, ...search } = route.useSearch();
  const all = counts && Object.values(counts).reduce((sum, one) => sum + one, 0);
  return (
    <Tabs
      name="State"
      field="state"
      search={search}
      tabs={[
        [undefined, 'All', all],
        ...exceptionStates.map((one) => [one, stateWords[one], counts && (counts[one] ?? 0)] as const),
      ]}
    />
  );
}
