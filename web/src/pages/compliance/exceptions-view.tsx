import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type CheckException, listCheckExceptions, listChecks } from '#compliance/contract.ts';
import { reading } from '../../api.ts';
import { EmptyState, ErrorState, Skeleton } from '../../ui/blank.tsx';
import { DetailPane } from '../../ui/detail-pane.tsx';
import { counted } from '../../ui/format.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { ExceptionMark, TimeLeft } from '../policy/exception-columns.tsx';
import { reasonWords } from '../policy/exception-words.ts';
import { CheckExceptionDetail } from './exception-detail.tsx';
import { exceptionDoes } from './exception-words.ts';
import '../rules/rules-page.css';

const route = getRouteApi('/inside/compliance/checks');
const query = { limit: 500 };

/** Exceptions of checks, those to decide first, and the one that is open. */
export function CheckExceptions({ tabs }: { readonly tabs: ReactNode }): ReactNode {
  const { open } = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery(reading(listCheckExceptions, { query }));
  const checks = useQuery({ ...reading(listChecks), staleTime: Infinity }).data?.checks;
  if (error !== null && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  const titleOf = (check: string): string | undefined => checks?.find(({ id }) => id === check)?.title;
  const opened = data?.exceptions.find(({ id }) => id === open);
  return (
    <>
      <Head exceptions={data?.exceptions} />
      {tabs}
      <div className="section bare">
        {data === undefined ? <Skeleton width={420} /> : <Rows exceptions={data.exceptions} titleOf={titleOf} />}
        {data !== undefined && data.total > data.exceptions.length && (
          <p className="small quiet">{counted(data.total - data.exceptions.length, 'older one')} not shown.</p>
        )}
      </div>
      <DetailPane
        place="over"
        title={`Exception of ${opened?.check ?? 'a check'}`}
        kind="Exception"
        opened={opened !== undefined}
        close={() =>
          void navigate({ search: (now) => ({ ...now, open: undefined }), replace: true, resetScroll: false })
        }
      >
        {opened !== undefined && (
          <CheckExceptionDetail key={opened.id} exception={opened} title={titleOf(opened.check)} />
        )}
      </DetailPane>
    </>
  );
}

function Head({ exceptions }: { readonly exceptions: readonly CheckException[] | undefined }): ReactNode {
  const of = (state: CheckException['state']): number => exceptions?.filter((one) => one.state === state).length ?? 0;
  const [waiting, approved] = [of('requested'), of('approved')];
  return (
    <PageHead
      title="Compliance"
      {...(waiting > 0 && { state: 'partly' as const })}
      verdict={
        exceptions === undefined
          ? ''
          : waiting > 0
            ? `${counted(waiting, 'request waits', 'requests wait')} for a decision.`
            : 'No open requests.'
      }
      reason={
        approved > 0
          ? `${counted(approved, 'approved exception keeps what it names', 'approved exceptions keep what they name')} from counting.`
          : 'None is approved: every finding counts.'
      }
    />
  );
}

interface RowsProps {
  readonly exceptions: readonly CheckException[];
  readonly titleOf: (check: string) => string | undefined;
}

function Rows({ exceptions, titleOf }: RowsProps): ReactNode {
  if (exceptions.length === 0)
    return (
      <EmptyState icon="exceptions" title="No exceptions of checks yet">
        <p className="soft">
          With an exception, one value that a check found may stay, for a reason and until a date. Request one at a
          finding, below its evidence: <Link to="/compliance/checks">checks</Link>. Another person approves it.
        </p>
      </EmptyState>
    );
  return (
    <ul className="rule-list operator-lists" aria-label="Exceptions">
      {exceptions.map((exception) => (
        <li key={exception.id}>
          <div>
            <h2>
              <Link
                className="link"
                to="/compliance/checks"
                search={{ view: 'exceptions', open: exception.id }}
                resetScroll={false}
              >
                {titleOf(exception.check) ?? 'A check of another release'}{' '}
                <span className="mono">{exception.check}</span>
              </Link>
              <ExceptionMark state={exception.state} />
            </h2>
            <p className="small soft breakable">
              {exception.name !== undefined && `${exception.name}: `}
              <code>{exception.values.slice(0, 4).join(', ')}</code>
              {exception.values.length > 4 && ` and ${exception.values.length - 4} more`}
            </p>
            <p className="small quiet">
              {reasonWords[exception.reason]}, requested by {exception.requestedBy.name},{' '}
              <TimeLeft exception={exception} />. {exceptionDoes(exception)}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
