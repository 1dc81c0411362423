import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type AuditEntry, listAudit, verifyAudit } from '#access/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { ask, reading } from '../../api.ts';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import type { Column } from '../../ui/columns.ts';
import { Failure } from '../../ui/failure.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { count, counted, dateTime } from '../../ui/format.ts';
import { Hash, When } from '../../ui/marks.tsx';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { actionWords, agentWords, detailWords, startWords } from './audit-words.ts';
import './audit-page.css';

const route = getRouteApi('/inside/audit');
const title = 'Audit trail';
const pageLength = 100;

/** Who did what, when, from where; and whether the trail is whole. */
export function AuditPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data, error, refetch } = useQuery({
    ...reading(listAudit, { query: { ...search, limit: pageLength } }),
    staleTime: 0,
  });
  const verifying = useMutation({ mutationFn: () => ask(verifyAudit) });
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <>
      <AuditHead
        total={data?.total}
        searched={search.search}
        verified={verifying.data}
        actions={
          <button
            type="button"
            className="btn primary"
            disabled={verifying.isPending}
            onClick={() => verifying.mutate()}
          >
            {verifying.isPending ? 'Walking the chain' : 'Verify the trail'}
          </button>
        }
      />
      {verifying.isError && <Failure error={verifying.error} />}
      <div className="section bare">
        <div className="filters">
          <FilterBar
            values={{ search: search.search }}
            choices={[]}
            searchFor="name, action, target or hash"
            change={(_, value) => void navigate({ search: { search: value }, replace: true, resetScroll: false })}
          />
        </div>
        <PlainTable
          name="Audit trail"
          rows={data?.entries}
          columns={columns}
          keyOf={(entry) => String(entry.sequence)}
          empty={<NoEntries searched={search.search !== undefined || search.before !== undefined} />}
        />
        <Pages entries={data?.entries} />
      </div>
    </>
  );
}

interface HeadProps {
  readonly total: number | undefined;
  readonly searched: string | undefined;
  readonly verified: ReplyOf<typeof verifyAudit> | undefined;
  readonly actions: ReactNode;
}

function AuditHead({ total, searched, verified, actions }: HeadProps): ReactNode {
  if (total === undefined) return <WaitingHead title={title} />;
  switch (verified?.state) {
    case 'intact':
      return (
        <PageHead
          title={title}
          state="pass"
          verdict={`Intact${verified.restores.length === 0 ? '' : ' but for an acknowledged gap'}: ${counted(verified.entries, 'entry follows', 'entries follow')} from one another.`}
          reason={<Whole verified={verified} />}
          actions={actions}
        />
      );
    case 'differs':
      return (
        <PageHead
          title={title}
          state="fail"
          verdict={`Not the trail that agents hold, from entry ${count(verified.sequence)} on.`}
          reason={<Faulty verified={verified}>.</Faulty>}
          actions={actions}
        />
      );
    case 'broken':
      return (
        <PageHead
          title={title}
          state="fail"
          verdict={`Broken at entry ${count(verified.sequence)}.`}
          reason={<Faulty verified={verified}>. What stands before it is whole.</Faulty>}
          actions={actions}
        />
      );
    case undefined:
      return (
        <PageHead
          title={title}
          verdict={`${counted(total, 'entry', 'entries')}${searched === undefined ? '' : ` with "${searched}"`}.`}
          reason="Each carries a hash by the console’s key over itself and the one before it, and agents hold the newest: a change in the past shows."
          actions={actions}
        />
      );
  }
}

type Verified<State extends string> = Extract<ReplyOf<typeof verifyAudit>, { readonly state: State }>;

function Whole({ verified }: { readonly verified: Verified<'intact'> }): ReactNode {
  return (
    <>
      {agentWords(verified.agents)} {verified.starts.map(startWords).join(' ')}{' '}
      {verified.restores.map(restoreWords).join(' ')} Note the hash of the newest one and keep it elsewhere: searching
      for it later finds the entry only while nothing before it was changed. <Hash digest={verified.head} what="hash" />
    </>
  );
}

function restoreWords({ sequence, after, through }: Verified<'intact'>['restores'][number]): string {
  return `An older copy of the data was restored: entries ${count(after + 1)} to ${count(through)} that agents held are lost, as entry ${count(sequence)} acknowledges.`;
}

interface FaultyProps {
  readonly verified: Verified<'broken' | 'differs'>;
  readonly children: ReactNode;
}

function Faulty({ verified, children }: FaultyProps): ReactNode {
  return (
    <>
      {verified.reason}{' '}
      <Link to="/audit" search={{ before: verified.sequence + 1 }}>
        Look at it
      </Link>
      {children}
    </>
  );
}

const columns: readonly Column<AuditEntry>[] = [
  {
    id: 'sequence',
    name: 'No.',
    className: 'soft',
    cell: (entry) => <span title={entry.hash}>{count(entry.sequence)}</span>,
  },
  {
    id: 'at',
    name: 'When',
    className: 'soft nowrap',
    cell: (entry) => (
      <>
        <span className="l1">{dateTime(entry.at)}</span>
        <span className="l2">
          <When moment={entry.at} />
        </span>
      </>
    ),
  },
  {
    id: 'actor',
    name: 'Who',
    className: 'breakable',
    cell: ({ actor, address }) => (
      <>
        <span className="l1 strong">{actor.name}</span>
        <span className="l2">
          {actor.kind}
          {address !== undefined && ` from ${address}`}
        </span>
      </>
    ),
  },
  {
    id: 'action',
    name: 'Did',
    className: 'breakable',
    heads: 'row',
    cell: (entry) => (
      <>
        <span className="l1">{actionWords(entry.action)}</span>
        <span className="l2">
          <code>{entry.action}</code>
        </span>
      </>
    ),
  },
  {
    id: 'target',
    name: 'To',
    className: 'breakable',
    cell: ({ target }) =>
      target === undefined ? (
        <span className="quiet">nothing</span>
      ) : (
        <>
          <span className="l1">{target.name ?? target.id}</span>
          <span className="l2">{target.kind}</span>
        </>
      ),
  },
  { id: 'detail', name: 'Detail', className: 'breakable c-detail', cell: (entry) => <Detail entry={entry} /> },
];

function Detail({ entry }: { readonly entry: AuditEntry }): ReactNode {
  const words = detailWords(entry.detail ?? {});
  return (
    <details className="audit-detail">
      <summary>{words === '' ? 'raw' : words}</summary>
      <pre className="mono small">{JSON.stringify(entry, undefined, 2)}</pre>
    </details>
  );
}

function NoEntries({ searched }: { readonly searched: boolean }): ReactNode {
  if (!searched) {
    return (
      <EmptyState icon="audit" title="Entries appear here as people and programs change something">
        <p className="soft">Signing in, making tokens, saving rules, revoking agents: each leaves one line.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="search" title="No entry has that">
      <p className="soft">
        Look at <Link to="/audit">the whole trail</Link>.
      </p>
    </EmptyState>
  );
}

function Pages({ entries }: { readonly entries: readonly AuditEntry[] | undefined }): ReactNode {
  const { search, before } = route.useSearch();
  const last = entries?.at(-1)?.sequence;
  return (
    <p className="foot actions">
      {before !== undefined && (
        <Link className="btn" to="/audit" search={{ search }}>
          Newest entries
        </Link>
      )}
      {last !== undefined && entries?.length === pageLength && (
        <Link className="btn" to="/audit" search={{ search, before: last }}>
          Older entries
        </Link>
      )}
    </p>
  );
}
