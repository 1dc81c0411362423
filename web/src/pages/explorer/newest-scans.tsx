import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ImageRow } from '#explorer/contract.ts';
import { subjectName } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { Counts } from '../../ui/severity.tsx';
import { SubjectName } from '../../ui/subject-name.tsx';
import { VerdictMark } from '../../ui/state-mark.tsx';

/** What was scanned last. */
export function NewestScans({ rows }: { readonly rows: readonly ImageRow[] }): ReactNode {
  return (
    <section className="section flush">
      <header>
        <h2>Newest scans</h2>
        <Link className="small end" to="/images" search={{ sort: 'scanned' }}>
          All, newest first
        </Link>
      </header>
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
          {rows.map((row) => (
            <NewestRow key={row.subject} row={row} />
          ))}
        </tbody>
      </table>
    </section>
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
