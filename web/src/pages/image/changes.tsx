import { packageParts } from '#ecosystems/contract.ts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { getChanges, type ImageDetail } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { reading } from '../../api.ts';
import { EmptyState, ErrorState, Skeleton } from '../../ui/blank.tsx';
import { count, counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { Fact } from '../../ui/page-head.tsx';
import { SeverityMark } from '../../ui/severity.tsx';

type Changed = ReplyOf<typeof getChanges>;
type Previous = NonNullable<ImageDetail['previous']>;

/** Rows of a list drawn at once; the others open below. */
const firstFew = 20;

/** The same in a few words, for the head of the page. */
export function ChangesInShort({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const { previous, row } = detail;
  const input = { params: { subject: row.subject }, query: { against: previous?.subject ?? row.subject } };
  const { data } = useQuery({ ...reading(getChanges, input), enabled: previous !== undefined });
  if (previous === undefined || data === undefined) return null;
  const { added, removed } = data.findings;
  return (
    <Fact name="Since the build before">
      <Link to="/images/$subject" params={{ subject: row.subject }} search={{ tab: 'changes' }} hash="lists">
        {added.length === 0 ? 'no new finding' : counted(added.length, 'new finding')}, {count(removed.length)} gone
      </Link>
    </Fact>
  );
}

/** What this build brought and took away, compared with the build before it. */
export function Changes({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const { previous, row } = detail;
  if (previous === undefined) {
    return (
      <EmptyState icon="images" title="There is no build before this one">
        <p className="soft">The next build of the same job or repository is compared with this one.</p>
      </EmptyState>
    );
  }
  return <ChangesSince previous={previous} subject={row.subject} />;
}

function ChangesSince({ previous, subject }: { readonly previous: Previous; readonly subject: string }): ReactNode {
  const input = { params: { subject }, query: { against: previous.subject } };
  const { data, error, refetch } = useQuery(reading(getChanges, input));
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <section className="section">
      <header>
        <h2>Since the build before</h2>
        <span className="quiet small">
          <Link to="/images/$subject" params={{ subject: previous.subject }}>
            {previous.name}
          </Link>
          , scanned <When moment={previous.scannedAt} />
        </span>
      </header>
      {data === undefined ? (
        <p aria-busy="true">
          <Skeleton width={320} />
        </p>
      ) : (
        <div className="change-lists">
          <FindingChanges findings={data.findings} />
          <PackageChanges packages={data.packages} />
        </div>
      )}
    </section>
  );
}

function FindingChanges({ findings }: { readonly findings: Changed['findings'] }): ReactNode {
  const lists = [
    ['new', findings.added],
    ['gone', findings.removed],
  ] as const;
  return (
    <div>
      {lists.map(([word, rows]) => (
        <div key={word}>
          <h3>
            {counted(rows.length, 'finding')} {word}
          </h3>
          <Few
            rows={rows}
            className="change-list"
            line={(row) => (
              <li key={`${row.id} ${row.package} ${row.installed}`}>
                <SeverityMark severity={row.severity} />
                <span className="soft breakable">
                  <Link to="/vulnerabilities" search={{ vulnerability: row.id, package: row.package }}>
                    {row.id}
                  </Link>{' '}
                  <span title={row.package}>
                    {packageParts(row.type, row.package).own} {row.installed}
                  </span>
                </span>
                <span className="quiet mono">{row.fixed ?? 'no fix yet'}</span>
              </li>
            )}
          />
        </div>
      ))}
      <p className="small quiet">{counted(findings.kept, 'finding')} in both</p>
    </div>
  );
}

function PackageChanges({ packages }: { readonly packages: Changed['packages'] }): ReactNode {
  const { added, removed, changed, kept } = packages;
  const lists = [
    ['changed', changed.map(({ from, to, ...row }) => ({ ...row, text: `${from} → ${to}` }))],
    ['new', added.map(({ version, ...row }) => ({ ...row, text: version }))],
    ['gone', removed.map(({ version, ...row }) => ({ ...row, text: version }))],
  ] as const;
  return (
    <div>
      {lists.map(([word, rows]) => (
        <div key={word}>
          <h3>
            {counted(rows.length, 'package')} {word}
          </h3>
          <Few
            rows={rows}
            className="change-list packages"
            line={(row) => (
              <li key={`${row.type} ${row.name} ${row.text}`}>
                <span className="breakable" title={row.name}>
                  {packageParts(row.type, row.name).own} <span className="quiet">{row.type}</span>
                </span>
                <span className="mono soft breakable">{row.text}</span>
              </li>
            )}
          />
        </div>
      ))}
      <p className="small quiet">{counted(kept, 'package')} in both</p>
    </div>
  );
}

interface FewProps<Row> {
  readonly rows: readonly Row[];
  readonly className: string;
  readonly line: (row: Row) => ReactNode;
}

function Few<Row>({ rows, className, line }: FewProps<Row>): ReactNode {
  if (rows.length === 0) return null;
  const rest = rows.slice(firstFew);
  return (
    <>
      <ul className={className}>{rows.slice(0, firstFew).map(line)}</ul>
      {rest.length > 0 && (
        <details className="more">
          <summary>{count(rest.length)} more</summary>
          <ul className={className}>{rest.map(line)}</ul>
        </details>
      )}
    </>
  );
}
