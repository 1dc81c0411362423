import type { ReactNode } from 'react';
import type { AuditEntry } from '#access/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { count, counted } from '../../ui/format.ts';
import { Moment, When } from '../../ui/marks.tsx';
import { type Difference, differencesIn } from './audit-difference.ts';
import { actionWords, detailWords } from './audit-words.ts';

/** Entries of the trail: who did what to what, when. */
export const auditColumns: readonly Column<AuditEntry>[] = [
  {
    id: 'sequence',
    name: 'No.',
    className: 'soft',
    cell: (entry) => <span title={entry.hash}>{count(entry.sequence)}</span>,
  },
  {
    id: 'at',
    name: 'Time',
    className: 'soft nowrap',
    cell: (entry) => (
      <>
        <span className="l1">
          <Moment moment={entry.at} />
        </span>
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
    name: 'Action',
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
    name: 'Target',
    className: 'breakable',
    cell: ({ target }) =>
      target === undefined ? (
        <span className="quiet">–</span>
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
  const differences = differencesIn(entry.detail);
  const words = detailWords(entry.detail ?? {});
  return (
    <>
      {differences.length > 0 && <Differences differences={differences} />}
      <details className="audit-detail">
        <summary>{words === '' ? 'raw entry' : words}</summary>
        <pre className="mono small">{JSON.stringify(entry, undefined, 2)}</pre>
      </details>
    </>
  );
}

/** Differences shown at once. */
const firstFew = 6;

function Differences({ differences }: { readonly differences: readonly Difference[] }): ReactNode {
  const rest = differences.slice(firstFew);
  return (
    <>
      <DifferenceList differences={differences.slice(0, firstFew)} />
      {rest.length > 0 && (
        <details className="audit-detail">
          <summary>{counted(rest.length, 'more change')}</summary>
          <DifferenceList differences={rest} />
        </details>
      )}
    </>
  );
}

function DifferenceList({ differences }: { readonly differences: readonly Difference[] }): ReactNode {
  return (
    <ul className="audit-differences" aria-label="Changes">
      {differences.map(({ path, before, after }) => (
        <li key={path}>
          {path !== '' && <span className="soft">{path}: </span>}
          {before !== undefined && <del>{before}</del>}
          {before !== undefined && after !== undefined && ' → '}
          {after !== undefined && <ins>{after}</ins>}
        </li>
      ))}
    </ul>
  );
}
