import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listModels, type ModelSummary } from '#runtime/contract.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { ErrorState } from '../../ui/blank.tsx';
import { Command } from '../../ui/copy-button.tsx';
import { count, counted } from '../../ui/format.ts';
import { PageHead, WaitingHead } from '../../ui/page-head.tsx';
import { useProtectionReading } from '../sensor/sensors.ts';
import { modelColumns } from './model-columns.tsx';
import { type ModelsStatus, modelsStatus } from './models-status.ts';
import { stateWords } from './model-words.ts';
import { modelStates, type ModelsSearch } from './models-search.ts';
import './models-page.css';

const route = getRouteApi('/inside/runtime');
const title = 'Runtime';

const ModelList = listPage<ModelSummary, ModelsSearch>({
  name: 'Models',
  noun: ['model', 'models'],
  columns: modelColumns,
  heights: [46, 170],
  searchFor: 'image, digest or entrypoint',
  filters: [
    { id: 'state', name: 'State', options: modelStates.map((state) => [state, stateWords[state]] as const) },
    { id: 'activated', name: 'Activated', options: [['day', 'in the last 24 hours']] },
  ],
  others: [{ id: 'image', name: 'Image', label: (digest) => String(digest).slice(7, 19) }],
  source: ({ activated, ...search }, { environment, openedAt }) =>
    rowsOf(
      listModels,
      {
        query: {
          ...search,
          environment,
          ...(activated && { activatedSince: new Date(openedAt - 24 * 60 * 60_000).toISOString() }),
        },
      },
      { keyOf: ({ id }) => id, pageOf: ({ total, models }) => ({ total, rows: models as readonly ModelSummary[] }) },
    ),
  empty: {
    icon: 'runtime',
    title: 'Models appear here when containers run on a host with a sensor',
    body: (
      <>
        <p className="soft">
          Each image that runs gets a model by itself, tied to its digest: which programs start, and who starts them.
          The sensor is built once from the checkout, and the agent of the host starts it:
        </p>
        <Command text="make -C native" />
      </>
    ),
  },
});

/** What every image was seen to do, and how far its model has come. */
export function ModelsPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const environment = useEnvironment();
  const all = useQuery(reading(listModels, { query: { environment, limit: 1 } }));
  const totalOf = (state: 'active' | 'manual' | 'learning' | 'relearning') =>
    reading(listModels, { query: { environment, state, limit: 1 } });
  const active = useQuery(totalOf('active')).data?.total;
  const manual = useQuery(totalOf('manual')).data?.total;
  const learning = useQuery(totalOf('learning')).data?.total;
  const relearning = useQuery(totalOf('relearning')).data?.total;
  if (all.error && all.data === undefined) return <ErrorState error={all.error} retry={() => void all.refetch()} />;
  return (
    <>
      <Head total={all.data?.total} active={sum(active, manual)} learning={sum(learning, relearning)} />
      <ModelList search={search} open={({ id }) => void navigate({ to: '/runtime/$id', params: { id } })} />
    </>
  );
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}

interface HeadProps {
  readonly total: number | undefined;
  readonly active: number | undefined;
  readonly learning: number | undefined;
}

function Head({ total, active, learning }: HeadProps): ReactNode {
  const { protection, isPending } = useProtectionReading();
  if (total === undefined || active === undefined || learning === undefined || isPending)
    return <WaitingHead title={title} />;
  const status = modelsStatus({ protection, total, learning });
  const models = `${counted(active, 'model')} active, ${count(learning)} learning.`;
  return (
    <PageHead
      title={title}
      state={status.state}
      verdict={status.kind === 'known' ? models : 'Behaviour: unknown.'}
      reason={<Reason status={status} models={models} />}
    />
  );
}

function Reason({ status, models }: { readonly status: ModelsStatus; readonly models: string }): ReactNode {
  switch (status.kind) {
    case 'unread':
      return `The console did not say which containers a sensor watches. Load the page again. ${models}`;
    case 'unwatched':
      return (
        <>
          No sensor watches what runs, so no model learns. Build it with <code>make -C native</code> and restart the
          agent as root; <Link to="/hosts">Hosts</Link> shows its state. {models}
        </>
      );
    case 'none':
      return (
        <>
          No container was observed yet. Add a host with a sensor on the page <Link to="/hosts">Hosts</Link>.
        </>
      );
    case 'known':
      return (
        <>
          {status.unknown > 0 && (
            <>
              <Link to="/containers" search={{ protection: 'unknown', state: 'up' }}>
                {counted(status.unknown, 'running container')}
              </Link>{' '}
              {status.unknown === 1 ? 'is' : 'are'} not observed.{' '}
            </>
          )}
          Programs that are not in the image are detected from the first second.
        </>
      );
  }
}
