import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { getOverview } from '#explorer/contract.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { NoneLeft } from '../../app/none-left.tsx';
import { PlainHttp } from '../../app/strips.tsx';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { useProtectionReading } from '../sensor/sensors.ts';
import { EnvironmentCards } from './environment-cards.tsx';
import { useOpenIncidents, useRefused } from './happenings.ts';
import { HowItStands } from './how-it-stands.tsx';
import { OverviewHead } from './overview-head.tsx';
import './overview-page.css';

const title = 'Overview';
/** For a console without images: the first page of all others is smaller without it. */
const NoImages = lazy(async () => ({ default: (await import('../image/no-images.tsx')).NoImages }));

/** What stands beside and below the cards: on its way with the first page, and not weighed with it. */
const rest = () => import('./overview-rest.tsx');
const Rest = lazy(async () => ({ default: (await rest()).Rest }));
const NewestScans = lazy(async () => ({ default: (await rest()).NewestScans }));

// Asked for at once: what it shows is asked of the console meanwhile.
rest().catch(() => undefined);

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
        <Waiting />
      </div>
    );
  }
  return (
    <>
      <PlainHttp where="inside" />
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
            <Suspense fallback={<Waiting />}>
              <NewestScans overview={data} />
            </Suspense>
          </div>
          <div>
            <Suspense fallback={<Waiting />}>
              <Rest overview={data} />
            </Suspense>
          </div>
        </div>
      )}
    </>
  );
}

function Waiting(): ReactNode {
  return (
    <p className="section" aria-busy="true">
      <Skeleton width={320} />
    </p>
  );
}
