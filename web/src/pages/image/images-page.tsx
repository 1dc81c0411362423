import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type ImageRow, listImages } from '#explorer/contract.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { Tabs } from '../../app/tabs.tsx';
import { EmptyState } from '../../ui/blank.tsx';
import { type ScopeFilter, scopeFilters, scopeQuery } from '../../app/scope-filter.ts';
import { imageColumns } from './image-columns.tsx';
import { ImagesHead } from './images-head.tsx';
import type { ImagesSearch } from './images-search.ts';
import { NoImages } from './no-images.tsx';
import { UnscannedList, UnscannedNotice } from './unscanned.tsx';
import { VerdictTabs } from './verdict-tabs.tsx';
import './images-page.css';

const ImageList = listPage<ImageRow, ImagesSearch>({
  name: 'Images',
  noun: ['image', 'images'],
  columns: imageColumns,
  heights: [46, 144],
  searchFor: 'image, build, host or digest',
  filters: scopeFilters,
  views: ['kind'],
  sort: 'risk',
  source: ({ search, verdict, sort, ...scope }, { environment }) =>
    rowsOf(
      listImages,
      {
        query: {
          ...imagesQuery(scope, environment),
          search,
          verdict: verdict === 'unscanned' ? undefined : verdict,
          sort,
        },
      },
      { keyOf: ({ subject }) => subject, pageOf: ({ total, images }) => ({ total, rows: images }) },
    ),
  empty: { icon: 'images', title: 'Images appear here as they are scanned', body: null },
});

/** Images, unless the address asks for the file systems of hosts. */
function imagesQuery(scope: ScopeFilter, environment: string | undefined) {
  const { kind = 'image', ...rest } = scopeQuery(scope, environment);
  return { ...rest, kind } as const;
}

const route = getRouteApi('/inside/images');

/** Every image and file system that was scanned, and what could not be. */
export function ImagesPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const environment = useEnvironment();
  const part = { search: search.search, ...imagesQuery(search, environment) };
  const all = useQuery(reading(listImages, { query: { ...part, limit: 1 } })).data;
  return (
    <>
      <ImagesHead />
      <KindTabs search={search} />
      <VerdictTabs search={search} list={all} />
      {search.verdict === 'unscanned' ? (
        <UnscannedList search={search} open={() => undefined} />
      ) : (
        <>
          <ImageList
            search={search}
            empty={search.kind === 'hosts' ? <NoHostScans /> : <NoImages unscanned={all?.unscanned.total ?? 0} />}
            open={(row) => void navigate({ to: '/images/$subject', params: { subject: row.subject }, search: {} })}
          />
          {search.verdict === undefined && all && <UnscannedNotice unscanned={all.unscanned} search={search.search} />}
        </>
      )}
    </>
  );
}

/** Images, and file systems of hosts: what lies on a host is not an image that runs there. */
function KindTabs({ search }: { readonly search: ImagesSearch }): ReactNode {
  const environment = useEnvironment();
  const { verdict: _verdict, ...same } = search;
  const totalOf = (kind: ImagesSearch['kind']) => {
    const query = { search: search.search, ...imagesQuery({ ...search, kind }, environment), limit: 1 };
    return reading(listImages, { query });
  };
  const images = useQuery(totalOf(undefined)).data?.total;
  const hosts = useQuery(totalOf('hosts')).data?.total;
  return (
    <Tabs
      name="What is listed"
      field="kind"
      search={same}
      tabs={[
        [undefined, 'Images', images],
        ['hosts', 'Hosts', hosts],
      ]}
    />
  );
}

function NoHostScans(): ReactNode {
  return (
    <EmptyState icon="hosts" title="No file system of a host was scanned">
      <p className="soft">
        An agent scans the file system of its host when its packages change. Homes and folders of engines are left out.
      </p>
    </EmptyState>
  );
}
