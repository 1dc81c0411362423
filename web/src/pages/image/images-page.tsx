import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type ImageRow, listImages } from '#explorer/contract.ts';
import { reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { scopeFilters, scopeQuery } from '../../app/scope-filter.ts';
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
  searchFor: 'image, host or digest',
  filters: scopeFilters,
  sort: 'risk',
  source: ({ search, verdict, sort, ...scope }, { environment }) =>
    rowsOf(
      listImages,
      {
        query: {
          ...scopeQuery(scope, environment),
          search,
          verdict: verdict === 'unscanned' ? undefined : verdict,
          sort,
        },
      },
      { keyOf: ({ subject }) => subject, pageOf: ({ total, images }) => ({ total, rows: images }) },
    ),
  empty: { icon: 'images', title: 'Images appear here as they are scanned', body: null },
});

const route = getRouteApi('/inside/images');

/** Every image and file system that was scanned, and what could not be. */
export function ImagesPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const environment = useEnvironment();
  const part = { search: search.search, ...scopeQuery(search, environment) };
  const all = useQuery(reading(listImages, { query: { ...part, limit: 1 } })).data;
  return (
    <>
      <ImagesHead />
      <VerdictTabs search={search} list={all} />
      {search.verdict === 'unscanned' ? (
        <UnscannedList search={search} open={() => undefined} />
      ) : (
        <>
          <ImageList
            search={search}
            empty={<NoImages unscanned={all?.unscanned.total ?? 0} />}
            open={(row) => void navigate({ to: '/images/$subject', params: { subject: row.subject }, search: {} })}
          />
          {search.verdict === undefined && all && <UnscannedNotice unscanned={all.unscanned} search={search.search} />}
        </>
      )}
    </>
  );
}
