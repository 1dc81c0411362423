import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ImageDetail } from '#explorer/contract.ts';
import { count } from '../../ui/format.ts';
import { totalOf } from '../../ui/severity.tsx';
import type { ImageSearch } from './image-search.ts';

/** The lists of one image. */
export function ImageTabs({
  detail,
  search,
}: {
  readonly detail: ImageDetail;
  readonly search: ImageSearch;
}): ReactNode {
  const tabs = [
    [undefined, 'Findings', totalOf(detail.row.counts)],
    ['packages', 'Packages', detail.row.packages],
    ['scans', 'Scans', detail.scans.length],
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
          activeProps={{}}
          aria-current={search.tab === tab ? 'page' : undefined}
        >
          {name}
          <b>{count(number)}</b>
        </Link>
      ))}
    </nav>
  );
}
