import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listFlaws, type RankedFlaw } from '#explorer/contract.ts';
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

/** Flaws that are shown here; all others are one step away. */
const shown = 10;

function useFlaws(application: string) {
  return useQuery(reading(listFlaws, { query: { application, environment: useEnvironment(), limit: shown } }));
}

/** The flaws of one application by severity. */
export function FlawCounts({ application }: { readonly application: string }): ReactNode {
  const { data } = useFlaws(application);
  if (data === undefined) return '…';
  const linkTo = (severity: Severity): LinkProps => ({ to: '/vulnerabilities', search: { application, severity } });
  return <Counts counts={data.counts} form="line" linkTo={linkTo} />;
}

/** What to fix first, over all images of one application. */
export function TopFlaws({ application }: { readonly application: string }): ReactNode {
  const { data, error, refetch } = useFlaws(application);
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <section className="section flush">
      <header>
        <h2>What to fix first</h2>
        <span className="end small">
          {data && data.total > 0 && (
            <Link to="/vulnerabilities" search={{ application }}>
              {data.total === 1 ? 'The one flaw' : `All ${count(data.total)} flaws`}
            </Link>
          )}
        </span>
      </header>
      <PlainTable
        name="What to fix first"
        rows={data?.flaws}
        columns={columnsOf(application)}
        keyOf={(flaw) => `${flaw.id} ${flaw.package} ${flaw.type}`}
        empty={<p className="section bare-text soft">Nothing is found in what was scanned of it.</p>}
      />
    </section>
  );
}

function columnsOf(application: string): readonly Column<RankedFlaw>[] {
  return [
    {
      id: 'finding',
      name: 'Finding',
      className: '',
      heads: 'row',
      cell: (flaw) => (
        <>
          <span className="l1 row-id">
            <Link to="/vulnerabilities" search={{ application, flaw: flaw.id, package: flaw.package }}>
              {flaw.id}
            </Link>
            {flaw.kev && <KevMark />}
          </span>
          <InstalledPackage type={flaw.type} name={flaw.package} version={flaw.installed.join(', ')} />
        </>
      ),
    },
    {
      id: 'risk',
      name: 'Risk',
      className: 'c-score',
      cell: (flaw) => <Score score={flaw.risk} points={flaw.points} />,
    },
    { id: 'severity', name: 'Severity', className: '', cell: (flaw) => <SeverityMark severity={flaw.severity} /> },
    { id: 'epss', name: 'EPSS', className: '', cell: (flaw) => <Epss score={flaw.epss} /> },
    {
      id: 'fixed',
      name: 'Fixed in',
      className: 'breakable',
      cell: (flaw) =>
        flaw.fixes.length === 0 ? (
          <span className="quiet small">No fix yet</span>
        ) : (
          <span className="mono small">{flaw.fixes.join(', ')}</span>
        ),
    },
    {
      id: 'images',
      name: 'Images',
      className: 'num',
      cell: (flaw) => (
        <Link to="/vulnerabilities" search={{ application, flaw: flaw.id, package: flaw.package }} hash="where">
          {count(flaw.images)}
          <span className="sr"> with {flaw.id}</span>
        </Link>
      ),
    },
  ];
}
