import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type ImageRow, ImageSort, listImages } from '#explorer/contract.ts';
import { pageReading, reading } from '../../api.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import type { RowSource } from '../../ui/paged-rows.ts';
import { wordOf } from '../../app/search-text.ts';
import { imageColumns } from './image-columns.tsx';
import { ImagesHead } from './images-head.tsx';
import type { ImagesSearch } from './images-search.ts';
import { NoImages } from './no-images.tsx';
import { UnscannedNotice, UnscannedTable } from './unscanned.tsx';
import { VerdictTabs } from './verdict-tabs.tsx';
import './images-page.css';

const route = getRouteApi('/inside/images');

/** Every image and file system that was scanned, and what could not be. */
export function ImagesPage(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const all = useQuery(reading(listImages, { query: { search: search.search, limit: 1 } })).data;
  const change = (changes: Partial<ImagesSearch>): void => {
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true, resetScroll: false });
  };
  const filters = (
    <FilterBar
      values={{ search: search.search }}
      choices={[]}
      searchFor="image, host or digest"
      change={(_, value) => change({ search: value })}
    />
  );
  return (
    <>
      <ImagesHead />
      <VerdictTabs search={search} list={all} />
      {search.verdict === 'unscanned' ? (
        <UnscannedTable search={search.search} filters={filters} />
      ) : (
        <>
          <DataTable
            name="Images"
            source={sourceOf({ ...search, verdict: search.verdict })}
            columns={imageColumns}
            heights={[46, 108]}
            filters={filters}
            empty={<NoImages search={search} unscanned={all?.unscanned.total ?? 0} />}
            sort={{ by: search.sort ?? 'risk', choose: (by) => change({ sort: wordOf(by, ImageSort.options) }) }}
            open={(row) => void navigate({ to: '/images/$subject', params: { subject: row.subject }, search: {} })}
          />
          {search.verdict === undefined && all && <UnscannedNotice unscanned={all.unscanned} search={search.search} />}
        </>
      )}
    </>
  );
}

function sourceOf({ verdict, search, sort }: ImagesSearch): RowSource<ImageRow> {
  const query = { search, sort, verdict: verdict === 'unscanned' ? undefined : verdict };
  return {
    list: JSON.stringify(query),
    keyOf: (row) => row.subject,
    page: (window) =>
      pageReading(listImages, { query: { ...query, ...window } }, (reply) => ({
        total: reply.total,
        rows: reply.images,
      })),
  };
}
