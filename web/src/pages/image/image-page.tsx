import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SubjectId } from '#base/index.ts';
import { getImage } from '#explorer/contract.ts';
import { reading } from '../../api.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { ProvenanceBlock } from '../provenance/provenance-block.tsx';
import { Changes } from './changes.tsx';
import { Differences } from './differences.tsx';
import { ExecutablesList } from './executables-list.tsx';
import { Faults } from './faults.tsx';
import { FindingsList } from './findings-list.tsx';
import { seenOf } from './seen.ts';
import { ImageCompliance } from './image-compliance.tsx';
import { ImageHead } from './image-head.tsx';
import { ImageTabs } from './image-tabs.tsx';
import { LayerWall } from './layer-wall.tsx';
import { PackagesList } from './packages-list.tsx';
import { PlacesStrip } from './places-strip.tsx';
import { Scans } from './scans.tsx';
import { WhatToChange } from './what-to-change.tsx';
import './image-page.css';

const route = getRouteApi('/inside/images/$subject');

/** One image: verdict first, then what to change, where it comes from, and the lists behind the numbers. */
export function ImagePage(): ReactNode {
  const search = route.useSearch();
  const subject = route.useParams().subject as SubjectId;
  const { data: detail, error, refetch } = useQuery(reading(getImage, { params: { subject } }));
  if (error && detail === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (detail === undefined) return <ImageSkeleton />;
  return (
    <>
      <ImageHead detail={detail} />
      <PlacesStrip detail={detail} />
      <Differences detail={detail} />
      <Faults faults={detail.faults} layers={detail.subject.kind === 'image' ? 'some' : 'none'} />
      <WhatToChange detail={detail} />
      {detail.subject.kind === 'image' && <LayerWall detail={detail} image={detail.subject} layer={search.layer} />}
      {detail.subject.kind === 'image' && <ProvenanceBlock subject={subject} />}
      <ImageTabs detail={detail} />
      {search.tab === undefined && (
        <FindingsList subject={subject} search={search} seen={seenOf(detail)} detail={detail} />
      )}
      {search.tab === 'packages' && <PackagesList subject={subject} search={search} />}
      {search.tab === 'executables' && <ExecutablesList subject={subject} search={search} name={detail.row.names[0]} />}
      {search.tab === 'compliance' && detail.subject.kind === 'image' && <ImageCompliance detail={detail} />}
      {search.tab === 'changes' && <Changes detail={detail} />}
      {search.tab === 'scans' && <Scans scans={detail.scans} current={detail.row.scan} />}
    </>
  );
}

function ImageSkeleton(): ReactNode {
  return (
    <div aria-busy="true">
      <PageHead title="Images" verdict={<Skeleton width={420} />} facts={<Skeleton width={320} />} />
      <div className="section">
        <p>
          <Skeleton width={480} />
        </p>
        <p>
          <Skeleton width={360} />
        </p>
      </div>
    </div>
  );
}
