import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type ImageRow, ImageSort, type ImageState, listImages } from '#explorer/contract.ts';
import { pageReading, reading } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { FilterBar } from '../../ui/filter-bar.tsx';
import type { RowSource } from '../../ui/paged-rows.ts';
import { wordOf } from '../../app/search-text.ts';
import { scopeFilters, scopeQuery } from '../explorer/scope-filter.ts';
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
  const environment = useEnvironment();
  const part = { search: search.search, ...scopeQuery(search, environment) };
  const all = useQuery(reading(listImages, { query: { ...part, limit: 1 } })).data;
  const change = (changes: Partial<ImagesSearch>): void => {
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true, resetScroll: false });
  };
  const filters = (
    <FilterBar
      values={{ ...search, verdict: undefined, sort: undefined }}
      choices={search.verdict === 'unscanned' ? [] : scopeFilters}
      searchFor="image, host or digest"
      change={(id, value) => change({ [id]: value })}
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
            source={sourceOf({ ...part, verdict: search.verdict, sort: search.sort })}
            columns={imageColumns}
            heights={[46, 144]}
            filters={filters}
            empty={<NoImages filtered={isFiltered(search, environment)} unscanned={all?.unscanned.total ?? 0} />}
            sort={{ by: search.sort ?? 'risk', choose: (by) => change({ sort: wordOf(by, ImageSort.options) }) }}
            open={(row) => void navigate({ to: '/images/$subject', params: { subject: row.subject }, search: {} })}
          />
          {search.verdict === undefined && all && <UnscannedNotice unscanned={all.unscanned} search={search.search} />}
        </>
      )}
    </>
  );
}

function isFiltered({ sort: _sort, ...filters }: ImagesSearch, environment: string | undefined): boolean {
  return [...Object.values(filters), environment].some((value) => value !== undefined);
}

interface Asked extends ReturnType<typeof scopeQuery> {
  readonly search: string | undefined;
  readonly verdict: ImageState | undefined;
  readonly sort: ImageSort | undefined;
}

function sourceOf(query: Asked): RowSource<ImageRow> {
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
