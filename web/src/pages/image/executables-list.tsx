import type { ReactNode } from 'react';
import type { SubjectId } from '#base/index.ts';
import type { Executable } from '#catalog/contract.ts';
import { quoted } from '#ecosystems/contract.ts';
import { listExecutables } from '#explorer/contract.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { ScanCommand } from '../../app/own-program.tsx';
import { ErrorState, Notice, Skeleton } from '../../ui/blank.tsx';
import { executableColumns } from './executable-columns.tsx';
import { kindWords, useExecutables } from './executables.ts';
import type { ImageSearch } from './image-search.ts';
import { layerFilter } from './layer-filter.ts';

const Files = listPage<Executable, ImageSearch & { readonly subject: SubjectId }>({
  name: 'Executables',
  noun: ['executable', 'executables'],
  columns: executableColumns,
  heights: [46, 112],
  searchFor: 'path, package or hash',
  filters: [{ id: 'kind', name: 'Kind', options: Object.entries(kindWords) }],
  others: [layerFilter],
  about: ['subject'],
  views: ['tab'],
  source: ({ subject, search, kind, layer }) =>
    rowsOf(
      listExecutables,
      { params: { subject }, query: { search, kind, layer } },
      {
        keyOf: ({ path }) => path,
        pageOf: (reply) =>
          reply.state === 'known' ? { total: reply.total, rows: reply.executables } : { total: 0, rows: [] },
      },
    ),
  empty: {
    icon: 'search',
    title: 'No executable',
    body: <p className="soft">The image holds no file that can be executed or is code.</p>,
  },
});

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
      <Files search={{ ...search, subject }} open={() => undefined} />
    </>
  );
}

/** Its scan is older than the hashing, or came from a scanner that does not do it. */
function NotHashed({ name }: { readonly name: string | undefined }): ReactNode {
  return (
    <Notice title="The executables of this image are not known">
      <p className="soft">
        The scan that is shown did not hash files. What such an image runs cannot be compared with what it holds. Scan
        it again:
      </p>
      <ScanCommand words={quoted(name ?? 'IMAGE')} />
    </Notice>
  );
}
