import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ImageDetail } from '#explorer/contract.ts';
import { Tabs } from '../../app/tabs.tsx';
import { totalOf } from '../../ui/severity.tsx';
import { useExecutables } from './executables.ts';

const route = getRouteApi('/inside/images/$subject');

/** The lists of one image. */
export function ImageTabs({ detail }: { readonly detail: ImageDetail }): ReactNode {
  const { known } = useExecutables(detail.row.subject);
  const { tab } = route.useSearch();
  // The tab has no number where nobody knows it.
  const executables = known?.state === 'known' ? known.total : known && null;
  return (
    <Tabs
      name="Lists of this image"
      field="tab"
      search={{ tab }}
      id="lists"
      className="image-tabs"
      tabs={[
        [undefined, 'Findings', totalOf(detail.row.counts)],
        ['packages', 'Packages', detail.row.packages],
        ...(detail.subject.kind === 'image' ? ([['executables', 'Executables', executables]] as const) : []),
        ...(detail.subject.kind === 'image' ? ([['compliance', 'Compliance', null]] as const) : []),
        ['scans', 'Scans', detail.scans.length],
        ...(detail.previous === undefined ? [] : ([['changes', 'Changes', null]] as const)),
      ]}
    />
  );
}
