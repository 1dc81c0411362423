import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react';
import { type AuditEntry, listAudit, verifyAudit } from '#access/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { ask, reading } from '../../api.ts';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import { Failure } from '../../ui/failure.tsx';
import { count, counted } from '../../ui/format.ts';
import { Hash } from '../../ui/marks.tsx';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { auditColumns } from './audit-columns.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { auditQuery, type AuditSearch } from './audit-search.ts';
import { AuditExport } from './audit-export.tsx';
import { agentWords, startWords } from './audit-words.ts';
import './audit-page.css';

const route = getRouteApi('/inside/audit');
const title = 'Audit trail';
const pageLength = 100;

/** Who did what, when, from where; and whether the trail is whole. */
export function AuditPage(): ReactNode {
  const search = route.useSearch();
  const { data, error, refetch } = useQuery({
    ...reading(listAudit, { query: { ...auditQuery(search), limit: pageLength } }),
    staleTime: 0,
  });
  const [printed, print] = useState<readonly AuditEntry[]>();
  usePrint(printed, () => print(undefined));
  const verifying = useMutation({ mutationFn: () => ask(verifyAudit) });
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <>
      <AuditHead
        total={data?.total}
        filtered={isFiltered(search)}
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
          <AuditFilters search={search} />
          <span className="end">
            <AuditExport search={search} total={data?.total} print={print} />
          </span>
        </div>
        <PlainTable
          name="Audit trail"
          rows={printed ?? data?.entries}
          columns={auditColumns}
          keyOf={(entry) => String(entry.sequence)}
          empty={<NoEntries searched={Object.values(search).some((value) => value !== undefined)} />}
        />
        <Pages entries={data?.entries} />
      </div>
    </>
  );
}

function isFiltered({ search, actor, from, to }: AuditSearch): boolean {
  return [search, actor, from, to].some((value) => value !== undefined);
}

/** Prints once everything that is to be printed is drawn. */
function usePrint(printed: readonly AuditEntry[] | undefined, done: () => void): void {
  const end = useEffectEvent(done);
  useEffect(() => {
    if (printed === undefined) return;
    window.addEventListener('afterprint', end, { once: true });
    window.print();
    return () => window.removeEventListener('afterprint', end);
  }, [printed]);
}

interface HeadProps {
  readonly total: number | undefined;
  readonly filtered: boolean;
  readonly verified: ReplyOf<typeof verifyAudit> | undefined;
  readonly actions: ReactNode;
}

function AuditHead({ total, filtered, verified, actions }: HeadProps): ReactNode {
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
          reason={<Faulty verified={verified}>. The entries before it are intact.</Faulty>}
          actions={actions}
        />
      );
    case undefined:
      return (
        <PageHead
          title={title}
          verdict={`${counted(total, 'entry', 'entries')}${filtered ? ' in this selection' : ''}.`}
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

function NoEntries({ searched }: { readonly searched: boolean }): ReactNode {
  if (!searched) {
    return (
      <EmptyState icon="audit" title="Entries appear here as people and programs change something">
        <p className="soft">Signing in, making tokens, saving rules, revoking agents: each leaves one line.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="search" title="No entry matches">
      <p className="soft">
        Remove a filter above, or show <Link to="/audit">the whole trail</Link>.
      </p>
    </EmptyState>
  );
}

function Pages({ entries }: { readonly entries: readonly AuditEntry[] | undefined }): ReactNode {
  const { before, ...filters } = route.useSearch();
  const last = entries?.at(-1)?.sequence;
  return (
    <p className="foot actions">
      {before !== undefined && (
        <Link className="btn" to="/audit" search={filters}>
          Newest entries
        </Link>
      )}
      {last !== undefined && entries?.length === pageLength && (
        <Link className="btn" to="/audit" search={{ ...filters, before: last }}>
          Older entries
        </Link>
      )}
    </p>
  );
}
