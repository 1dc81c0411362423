import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ImageDetail } from '#explorer/contract.ts';
import { count } from '../../ui/format.ts';
import { totalOf } from '../../ui/severity.tsx';
import { useExecutables } from './executables.ts';

/** The lists of one image. */
export function ImageTabs({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const { known } = useExecutables(detail.row.subject);
  const tabs = [
    [undefined, 'Findings', totalOf(detail.row.counts)],
    ['packages', 'Packages', detail.row.packages],
    ...(detail.subject.kind === 'image'
      ? [['executables', 'Executables', known?.state === 'known' ? known.total : undefined] as const]
      : []),
    ['scans', 'Scans', detail.scans.length],
    ...(detail.previous === undefined ? [] : [['changes', 'Changes', undefined] as const]),
  ] as const;
  return (
    <nav className="tabs image-tabs" aria-label="Lists of this image" id="lists">
      {tabs.map(([tab, name, number]) => (
        <Link
          key={name}
          to="/images/$subject"
          params={{ subject: detail.row.subject }}
          search={{ tab }}
          resetScroll={false}
          activeOptions={{ includeSearch: true, explicitUndefined: true }}
        >
          {name}
          {number !== undefined && <b>{count(number)}</b>}
        </Link>
      ))}
    </nav>
  );
}
