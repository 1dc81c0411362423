import { packageTypes } from '#ecosystems/contract.ts';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SubjectId } from '#base/index.ts';
import { listPackages, type PackageRow } from '#explorer/contract.ts';
import { pageReading } from '../../api.ts';
import { EmptyState } from '../../ui/blank.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { FilterBar, type FilterChoice } from '../../ui/filter-bar.tsx';
import type { RowSource } from '../../ui/paged-rows.ts';
import type { ImageSearch } from './image-search.ts';
import { layerFilter } from './layer-filter.ts';
import { packageColumns } from './package-columns.tsx';

const route = getRouteApi('/inside/images/$subject');
/** A folder has no layers. */
const folderColumns = packageColumns.filter((column) => column.id !== 'layer');
const choices: readonly FilterChoice[] = [
  { id: 'type', name: 'Package type', options: packageTypes.map((one) => [one, one] as const) },
];

interface ListProps {
  readonly subject: SubjectId;
  readonly search: ImageSearch;
}

/** Everything that is installed, whether it has findings or not. */
export function PackagesList({ subject, search }: ListProps): ReactNode {
  const navigate = route.useNavigate();
  const change = (changes: Partial<ImageSearch>): void => {
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true, resetScroll: false, hash: true });
  };
  return (
    <DataTable
      name="Packages"
      source={sourceOf(subject, search)}
      columns={subject.startsWith('host:') ? folderColumns : packageColumns}
      heights={[46, 82]}
      filters={
        <FilterBar
          values={{ search: search.search, type: search.type, layer: search.layer }}
          choices={choices}
          others={[layerFilter]}
          searchFor="package"
          change={(id, value) => change({ [id]: value })}
        />
      }
      empty={
        <EmptyState icon="package" title="No package">
          <p className="soft">
            Nothing is installed that an analyzer knows, or no package passes the filters.{' '}
            <Link to="/images/$subject" params={{ subject }} search={{ tab: 'packages' }} hash="lists">
              All packages
            </Link>
          </p>
        </EmptyState>
      }
      open={(row) => void navigate({ search: { package: row.name }, resetScroll: false, hash: true })}
    />
  );
}

function sourceOf(subject: SubjectId, { search, type, layer }: ImageSearch): RowSource<PackageRow> {
  const query = { search, type, layer };
  return {
    list: JSON.stringify([subject, query]),
    keyOf: (row) => `${row.purl} ${row.paths[0]}`,
    page: (window) =>
      pageReading(listPackages, { params: { subject }, query: { ...query, ...window } }, (reply) => ({
        total: reply.total,
        rows: reply.packages,
      })),
  };
}
