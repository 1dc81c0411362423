import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ImageRow, Overview } from '#explorer/contract.ts';
import { count, counted, subjectName } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { When } from '../../ui/marks.tsx';
import { Counts } from '../../ui/severity.tsx';
import { SubjectName } from '../../ui/subject-name.tsx';
import { VerdictMark } from '../../ui/state-mark.tsx';

/** What today brought, and what was scanned last. */
export function NewestScans({ overview }: { readonly overview: Overview }): ReactNode {
  return (
    <section className="section flush">
      <header>
        <h2>Scans today</h2>
        <span className="quiet small">since 00:00 UTC</span>
        <Link className="small end" to="/images" search={{ sort: 'scanned' }}>
          Scans, newest first
        </Link>
      </header>
      <Today today={overview.today} />
      <table className="as-cards newest" aria-label="Newest scans">
        <thead>
          <tr>
            <th scope="col" className="c-when">
              Scanned
            </th>
            <th scope="col" className="c-verdict">
              Verdict
            </th>
            <th scope="col">Image</th>
            <th scope="col" className="c-counts">
              Findings
            </th>
          </tr>
        </thead>
        <tbody>
          {overview.newest.map((row) => (
            <NewestRow key={row.subject} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Today({ today }: { readonly today: Overview['today'] }): ReactNode {
  const { goneFindings, newImages } = today;
  const numbers = [
    [goneFindings, counted(goneFindings, 'finding gone', 'findings gone')],
    [newImages, counted(newImages, 'new image')],
  ] as const;
  return (
    <p className="today">
      {numbers.map(([number, text]) => (
        <span key={text}>
          <Glow value={number}>
            <b>{count(number)}</b>
          </Glow>{' '}
          {text.replace(/^\S+ /, '')}
        </span>
      ))}
    </p>
  );
}

function NewestRow({ row }: { readonly row: ImageRow }): ReactNode {
  return (
    <tr>
      <td className="soft nowrap">
        <When moment={row.scannedAt} />
      </td>
      <td>
        <VerdictMark verdict={row.verdict} />
      </td>
      <th scope="row">
        <Link
          className="clip"
          to="/images/$subject"
          params={{ subject: row.subject }}
          title={row.names.join('\n')}
          aria-label={subjectName(row.subject, row.names)}
        >
          <SubjectName subject={row.subject} names={row.names} />
        </Link>
      </th>
      <td>
        <Counts
          counts={row.counts}
          form="columns"
          linkTo={(severity) => ({
            to: '/images/$subject',
            params: { subject: row.subject },
            search: { severity },
          })}
        />
      </td>
    </tr>
  );
}
