import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listModels, type ModelSummary } from '#runtime/contract.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { ErrorState } from '../../ui/blank.tsx';
import { Command } from '../../ui/copy-button.tsx';
import { counted } from '../../ui/format.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { modelColumns } from './model-columns.tsx';
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
  filters: [{ id: 'state', name: 'State', options: modelStates.map((state) => [state, stateWords[state]] as const) }],
  others: [{ id: 'image', name: 'Image', label: (digest) => String(digest).slice(7, 19) }],
  source: (search, { environment }) =>
    rowsOf(
      listModels,
      { query: { ...search, environment } },
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
  const learning = useQuery(reading(listModels, { query: { environment, state: 'learning', limit: 1 } })).data;
  if (all.error && all.data === undefined) return <ErrorState error={all.error} retry={() => void all.refetch()} />;
  return (
    <>
      <Head total={all.data?.total} learning={learning?.total} />
      <ModelList search={search} open={({ id }) => void navigate({ to: '/runtime/$id', params: { id } })} />
    </>
  );
}

function Head(props: { readonly total: number | undefined; readonly learning: number | undefined }): ReactNode {
  const { total, learning } = props;
  if (total === undefined || learning === undefined) return <PageHead title={title} verdict="" />;
  if (total === 0) return <PageHead title={title} state="unknown" verdict="No container was watched yet." />;
  return (
    <PageHead
      title={title}
      state={learning > 0 ? 'partly' : 'pass'}
      verdict={`${counted(total - learning, 'model knows', 'models know')} what to expect.`}
      reason={
        <>
          {learning > 0 && (
            <>
              <Link to="/runtime" search={{ state: 'learning' }}>
                {counted(learning, 'model')}
              </Link>{' '}
              still {learning === 1 ? 'learns' : 'learn'}.{' '}
            </>
          )}
          Programs that are not the image's are seen from the first moment, learned or not.
        </>
      }
    />
  );
}
