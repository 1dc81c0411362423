import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { SubjectId } from '#base/index.ts';
import { type Executable, ExecutableKind } from '#catalog/contract.ts';
import { listExecutables } from '#explorer/contract.ts';
import { pageReading } from '../../api.ts';
import { EmptyState, ErrorState, Notice, Skeleton } from '../../ui/blank.tsx';
import { Command } from '../../ui/copy-button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { FilterBar, type FilterChoice } from '../../ui/filter-bar.tsx';
import type { RowSource } from '../../ui/paged-rows.ts';
import { executableColumns } from './executable-columns.tsx';
import { kindWords, useExecutables } from './executables.ts';
import type { ImageSearch } from './image-search.ts';
import { layerFilter } from './layer-filter.ts';

const route = getRouteApi('/inside/images/$subject');
const choices: readonly FilterChoice[] = [
  { id: 'kind', name: 'Kind', options: ExecutableKind.options.map((kind) => [kind, kindWords[kind]] as const) },
];

interface ListProps {
  readonly subject: SubjectId;
  readonly search: ImageSearch;
  /** Name to scan it by. */
  readonly name: string | undefined;
}

/** Every file of the image that can be executed or is code, with its hashes. */
export function ExecutablesList({ subject, search, name }: ListProps): ReactNode {
  const { known, error, refetch } = useExecutables(subject);
  if (error && known === undefined) return <ErrorState error={error} retry={() => void refetch()} />;
  if (known === undefined) {
    return (
      <p className="section" aria-busy="true">
        <Skeleton width={360} />
      </p>
    );
  }
  if (known.state === 'unknown') return <NotHashed name={name} />;
  return (
    <>
      {!known.isComplete && (
        <Notice title="Not all of them are known">
          <p className="soft">
            The scan could not read every layer to its end, or a limit left some out: see the faults above. Remove the
            cause and scan again.
          </p>
        </Notice>
      )}
      <Files subject={subject} search={search} />
    </>
  );
}

function Files({ subject, search }: Omit<ListProps, 'name'>): ReactNode {
  const navigate = route.useNavigate();
  const change = (changes: Partial<ImageSearch>): void => {
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true, resetScroll: false, hash: true });
  };
  return (
    <DataTable
      name="Executables"
      source={sourceOf(subject, search)}
      columns={executableColumns}
      heights={[46, 112]}
      filters={
        <FilterBar
          values={{ search: search.search, kind: search.kind, layer: search.layer }}
          choices={choices}
          others={[layerFilter]}
          searchFor="path, package or hash"
          change={(id, value) => change({ [id]: value })}
        />
      }
      empty={
        <EmptyState icon="search" title="No executable">
          <p className="soft">
            The image holds no file that can be executed or is code, or none passes the filters.{' '}
            <Link to="/images/$subject" params={{ subject }} search={{ tab: 'executables' }} hash="lists">
              All executables
            </Link>
          </p>
        </EmptyState>
      }
      open={() => undefined}
    />
  );
}

function sourceOf(subject: SubjectId, { search, kind, layer }: ImageSearch): RowSource<Executable> {
  const query = { search, kind, layer };
  return {
    list: JSON.stringify([subject, query]),
    keyOf: (row) => row.path,
    page: (window) =>
      pageReading(listExecutables, { params: { subject }, query: { ...query, ...window } }, (reply) =>
        reply.state === 'known' ? { total: reply.total, rows: reply.executables } : { total: 0, rows: [] },
      ),
  };
}

/** Its scan is older than the hashing, or came from a scanner that does not do it. */
function NotHashed({ name }: { readonly name: string | undefined }): ReactNode {
  return (
    <Notice title="The executables of this image are not known">
      <p className="soft">
        The scan that is shown did not hash files. What such an image runs cannot be compared with what it holds. Scan
        it again:
      </p>
      <Command text={`bin/seawall scan ${name ?? 'IMAGE'} --console ${window.location.origin} --token TOKEN`} />
    </Notice>
  );
}
