import { packageTypes } from '#ecosystems/contract.ts';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SubjectId } from '#base/index.ts';
import { listPackages, type PackageRow } from '#explorer/contract.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import type { ImageSearch } from './image-search.ts';
import { layerFilter } from './layer-filter.ts';
import { packageColumns } from './package-columns.tsx';

const route = getRouteApi('/inside/images/$subject');
/** A folder has no layers. */
const folderColumns = packageColumns.filter((column) => column.id !== 'layer');

const ImagePackages = listPage<PackageRow, ImageSearch & { readonly subject: SubjectId }>({
  name: 'Packages',
  noun: ['package', 'packages'],
  columns: packageColumns,
  heights: [46, 82],
  searchFor: 'package',
  filters: [{ id: 'type', name: 'Package type', options: packageTypes.map((one) => [one, one] as const) }],
  others: [layerFilter],
  about: ['subject'],
  views: ['tab'],
  source: ({ subject, search, type, layer }) =>
    rowsOf(
      listPackages,
      { params: { subject }, query: { search, type, layer } },
      {
        keyOf: ({ purl, paths }) => `${purl} ${paths[0]}`,
        pageOf: ({ total, packages }) => ({ total, rows: packages }),
      },
    ),
  empty: {
    icon: 'package',
    title: 'No package',
    body: <p className="soft">Nothing is installed that an analyzer knows.</p>,
  },
});

interface ListProps {
  readonly subject: SubjectId;
  readonly search: ImageSearch;
}

/** Everything that is installed, whether it has findings or not. */
export function PackagesList({ subject, search }: ListProps): ReactNode {
  const navigate = route.useNavigate();
  return (
    <ImagePackages
      search={{ ...search, subject }}
      columns={subject.startsWith('host:') ? folderColumns : packageColumns}
      open={(row) => void navigate({ search: { package: row.name }, resetScroll: false, hash: true })}
    />
  );
}
