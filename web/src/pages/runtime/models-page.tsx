import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { listModels, type ModelSummary } from '#runtime/contract.ts';
import { pageReading, reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { EmptyState, ErrorState } from '../../ui/blank.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import { counted } from '../../ui/format.ts';
import { PageHead } from '../../ui/page-head.tsx';
import type { RowSource } from '../../ui/paged-rows.ts';
import { modelColumns } from './model-columns.tsx';
import { stateWords } from './model-words.ts';
import { modelStates, type ModelsSearch } from './models-search.ts';
import './models-page.css';

const route = getRouteApi('/inside/runtime');
const title = 'Runtime';

/** What every image was seen to do, and how far its model has come. */
export function ModelsPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const environment = useEnvironment();
  const change = (id: string, value: string | undefined): void =>
    void navigate({ search: (now) => ({ ...now, [id]: value }), replace: true, resetScroll: false });
  const all = useQuery(reading(listModels, { query: { environment, limit: 1 } }));
  const learning = useQuery(reading(listModels, { query: { environment, state: 'learning', limit: 1 } })).data;
  if (all.error && all.data === undefined) return <ErrorState error={all.error} retry={() => void all.refetch()} />;
  return (
    <>
      <Head total={all.data?.total} learning={learning?.total} />
      <DataTable<ModelSummary>
        name="Models"
        source={sourceOf(search, environment)}
        columns={modelColumns}
        heights={[46, 170]}
        filters={
          <FilterBar
            values={{ ...search }}
            choices={[
              { id: 'state', name: 'State', options: modelStates.map((state) => [state, stateWords[state]] as const) },
            ]}
            others={[{ id: 'image', name: 'Image', label: (digest) => String(digest).slice(7, 19) }]}
            searchFor="image, digest or entrypoint"
            change={change}
          />
        }
        empty={<NoModels filtered={Object.values(search).some((value) => value !== undefined)} />}
        open={({ id }) => void navigate({ to: '/runtime/$id', params: { id } })}
      />
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

function sourceOf(search: ModelsSearch, environment: string | undefined): RowSource<ModelSummary> {
  const query = { ...search, environment };
  return {
    list: JSON.stringify(query),
    keyOf: ({ id }) => id,
    page: (window) =>
      pageReading(listModels, { query: { ...query, ...window } as never }, ({ total, models }) => ({
        total,
        rows: models as readonly ModelSummary[],
      })),
  };
}

function NoModels({ filtered }: { readonly filtered: boolean }): ReactNode {
  if (filtered) {
    return (
      <EmptyState icon="runtime" title="No model is like that">
        <p className="soft">
          <Link to="/runtime" search={{}}>
            All models
          </Link>
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="runtime" title="Models appear here when containers run on a host with a sensor">
      <p className="soft">
        For every image that runs a model is made by itself, tied to its digest: which programs start, and who starts
        them. The sensor is built once from the checkout, and the agent of the host starts it:
      </p>
      <div className="command">
        <code>make -C native</code>
      </div>
    </EmptyState>
  );
}
