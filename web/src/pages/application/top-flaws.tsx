import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listFlaws, type RankedFlaw } from '#explorer/contract.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { ErrorState } from '../../ui/blank.tsx';
import type { Column } from '../../ui/columns.ts';
import { count } from '../../ui/format.ts';
import { InstalledPackage } from '../../ui/installed-package.tsx';
import { Epss, KevMark } from '../../ui/marks.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Score } from '../../ui/score-bar.tsx';
import { SeverityMark } from '../../ui/severity.tsx';

/** Flaws that are shown here; all others are one step away. */
const shown = 10;

/** What to fix first, over all images of one application. */
export function TopFlaws({ application }: { readonly application: string }): ReactNode {
  const environment = useEnvironment();
  const { data, error, refetch } = useQuery(reading(listFlaws, { query: { application, environment, limit: shown } }));
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
      cell: (flaw) => count(flaw.images),
    },
  ];
}
