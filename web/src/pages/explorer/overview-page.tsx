import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { getOverview } from '#explorer/contract.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { NoneLeft } from '../../app/none-left.tsx';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { useProtectionReading } from '../sensor/sensors.ts';
import { DoNext } from './do-next.tsx';
import { EnvironmentCards } from './environment-cards.tsx';
import { Happened } from './happened.tsx';
import { useOpenIncidents, useRefused } from './happenings.ts';
import { HowItStands } from './how-it-stands.tsx';
import { NewestScans } from './newest-scans.tsx';
import { OverviewHead } from './overview-head.tsx';
import { Unknowns } from './unknowns.tsx';
import './overview-page.css';

const title = 'Overview';
/** For a console without images: the first page of all others is smaller without it. */
const NoImages = lazy(async () => ({ default: (await import('../image/no-images.tsx')).NoImages }));

const CompliancePart = lazy(async () => ({ default: (await import('./compliance-part.tsx')).CompliancePart }));

/** Four questions: what is the risk now, what happened, what to do next, what is unknown. */
export function OverviewPage(): ReactNode {
  const environment = useEnvironment();
  const { data, error, refetch } = useQuery(reading(getOverview, { query: { environment } }));
  const { isPending } = useProtectionReading();
  const { isPending: isOpenPending } = useOpenIncidents();
  const { isPending: isRefusedPending } = useRefused();
  if (error && data === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (data === undefined || isPending || isOpenPending || isRefusedPending) {
    return (
      <div aria-busy="true">
        <PageHead title={title} verdict={<Skeleton width={420} />} />
        <p className="section">
          <Skeleton width={480} />
        </p>
      </div>
    );
  }
  return (
    <>
      <OverviewHead overview={data} />
      {data.images === 0 && data.unscanned === 0 ? (
        environment === undefined ? (
          <Suspense fallback={<Skeleton width={480} />}>
            <NoImages unscanned={0} />
          </Suspense>
        ) : (
          <NoneLeft noun={['image', 'images']} views={{}} />
        )
      ) : (
        <div className="split overview-split">
          <div>
            <EnvironmentCards overview={data} />
            <HowItStands overview={data} />
            <NewestScans overview={data} />
          </div>
          <div>
            <Happened />
            <DoNext overview={data} />
            <Unknowns overview={data} />
            <Suspense>
              <CompliancePart />
            </Suspense>
          </div>
        </div>
      )}
    </>
  );
}
