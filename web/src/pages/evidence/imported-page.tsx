import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listImportedResults } from '#explorer/contract.ts';
import { reading } from '../../api.ts';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import { count, counted } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { ComplianceTabs } from '../compliance/compliance-tabs.tsx';
import { importedColumns } from './imported-columns.tsx';
import './evidence.css';

const title = 'Imported results';

/** Results of OpenSCAP that people imported. No control counts them. */
export function ImportedPage(): ReactNode {
  const { data, error, refetch } = useQuery(reading(listImportedResults));
  if (data === undefined)
    return error === null ? <WaitingHead title={title} /> : <ErrorState error={error} retry={() => void refetch()} />;
  const { results, total } = data;
  const stale = results.filter(({ age }) => age === 'stale').length;
  return (
    <>
      <PageHead
        title={title}
        crumbs={
          <>
            <Link to="/compliance">Compliance Explorer</Link> <span aria-hidden="true">/</span> <span>{title}</span>
          </>
        }
        verdict={`${counted(total, 'result')} of OpenSCAP ${total === 1 ? 'was' : 'were'} imported${stale === 0 ? '.' : `, ${count(stale)} of them stale.`}`}
        reason="Each says what its file says: Seawall proved none of it, and no control counts it."
      />
      <ComplianceTabs current="imported" />
      <PlainTable
        name={title}
        rows={results}
        columns={importedColumns}
        keyOf={({ id }) => id}
        stale={({ age }) => age === 'stale'}
        empty={
          <EmptyState icon="tick" title="Nobody has imported a result yet">
            <p className="soft">
              Scan a host by <code>oscap xccdf eval --results results.xml</code>, then import the file, as whoever may
              write rules:
            </p>
            <p>
              <code>seawall compliance import results.xml --host NAME</code>
            </p>
          </EmptyState>
        }
      />
      {results.length < total && (
        <p className="quiet small">
          {count(results.length)} of {count(total)}, the newest scans.
        </p>
      )}
    </>
  );
}
