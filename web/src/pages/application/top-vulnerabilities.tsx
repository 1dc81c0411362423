import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listVulnerabilities, type RankedVulnerability } from '#explorer/contract.ts';
import type { Severity } from '#vulnerability/contract.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { ErrorState } from '../../ui/blank.tsx';
import type { Column } from '../../ui/columns.ts';
import { count } from '../../ui/format.ts';
import { InstalledPackage } from '../../ui/installed-package.tsx';
import { Epss, KevMark } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Score } from '../../ui/score-bar.tsx';
import { Counts, SeverityMark } from '../../ui/severity.tsx';

/** Vulnerabilities that are shown here; all others are one step away. */
const shown = 10;

function useVulnerabilities(application: string) {
  return useQuery(
    reading(listVulnerabilities, { query: { application, environment: useEnvironment(), limit: shown } }),
  );
}

/** The vulnerabilities of one application by severity. */
export function VulnerabilityCounts({ application }: { readonly application: string }): ReactNode {
  const { data } = useVulnerabilities(application);
  if (data === undefined) return '…';
  const linkTo = (severity: Severity): LinkProps => ({ to: '/vulnerabilities', search: { application, severity } });
  return <Counts counts={data.counts} form="line" linkTo={linkTo} />;
}

/** What to fix first, over all images of one application. */
export function TopVulnerabilities({ application }: { readonly application: string }): ReactNode {
  const { data, error, refetch } = useVulnerabilities(application);
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <section className="section flush">
      <header>
        <h2>What to fix first</h2>
        <span className="end small">
          {data && data.total > 0 && (
            <Link to="/vulnerabilities" search={{ application }}>
              {data.total === 1 ? 'The one vulnerability' : `All ${count(data.total)} vulnerabilities`}
            </Link>
          )}
        </span>
      </header>
      <PlainTable
        name="What to fix first"
        rows={data?.vulnerabilities}
        columns={columnsOf(application)}
        keyOf={(vulnerability) => `${vulnerability.id} ${vulnerability.package} ${vulnerability.type}`}
        empty={<p className="section bare-text soft">Nothing is found in what was scanned of it.</p>}
      />
    </section>
  );
}

function columnsOf(application: string): readonly Column<RankedVulnerability>[] {
  return [
    {
      id: 'finding',
      name: 'Finding',
      className: '',
      heads: 'row',
      cell: (row) => (
        <>
          <span className="l1 row-id">
            <Link to="/vulnerabilities" search={{ application, vulnerability: row.id, package: row.package }}>
              {row.id}
            </Link>
            {row.kev && <KevMark />}
          </span>
          <InstalledPackage type={row.type} name={row.package} version={row.installed.join(', ')} />
        </>
      ),
    },
    {
      id: 'risk',
      name: 'Risk',
      className: 'c-score',
      cell: (row) => <Score score={row.risk} points={row.points} />,
    },
    {
      id: 'severity',
      name: 'Severity',
      className: '',
      cell: (row) => <SeverityMark severity={row.severity} />,
    },
    { id: 'epss', name: 'EPSS', className: '', cell: (row) => <Epss score={row.epss} /> },
    {
      id: 'fixed',
      name: 'Fixed in',
      className: 'breakable',
      cell: (row) =>
        row.fixes.length === 0 ? (
          <span className="quiet small">No fix yet</span>
        ) : (
          <span className="mono small">{row.fixes.join(', ')}</span>
        ),
    },
    {
      id: 'images',
      name: 'Images',
      className: 'num',
      cell: (row) => (
        <Link to="/vulnerabilities" search={{ application, vulnerability: row.id, package: row.package }} hash="where">
          {count(row.images)}
          <span className="sr"> with {row.id}</span>
        </Link>
      ),
    },
  ];
}
