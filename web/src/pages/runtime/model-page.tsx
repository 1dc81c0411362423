import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { getModel } from '#runtime/contract.ts';
import { reading } from '../../api.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { WaitingHead } from '../../ui/page-head.tsx';
import { BehaviourDiff } from './behaviour-diff.tsx';
import { Curves } from './curves.tsx';
import { ModelHead } from './model-head.tsx';
import { ModelEntries } from './model-entries.tsx';
import { ReviewQueue } from './review-queue.tsx';
import { StoppedSection } from './stopped-section.tsx';
import './model-page.css';

const route = getRouteApi('/inside/runtime/$id');

/** One model: how far each dimension has come, what it allows, what waits for a person, what a new version changed. */
export function ModelPage(): ReactNode {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(reading(getModel, { params: { id } }));
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <>
        <WaitingHead title="Model" crumbs={<Link to="/runtime">Runtime</Link>} />
        <p className="section" aria-busy="true">
          <Skeleton width={420} />
        </p>
      </>
    );
  }
  return (
    <>
      <ModelHead read={data} />
      <Curves read={data} />
      <ModelEntries read={data} />
      <StoppedSection model={id} />
      <div className="split model-bottom">
        <ReviewQueue model={id} />
        <BehaviourDiff id={id} />
      </div>
    </>
  );
}
