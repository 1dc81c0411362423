import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { SubjectId } from '#base/index.ts';
import { type FindingRow, listFindings } from '#explorer/contract.ts';
import { useQuery } from '@tanstack/react-query';
import { pageReading, reading } from '../../api.ts';
import type { FrameSearch } from '../../app/environment.ts';
import { EmptyState } from '../../ui/blank.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { DetailPane } from '../../ui/detail-pane.tsx';
import { FilterBar, type OtherFilter } from '../../ui/filter-bar.tsx';
import type { RowSource } from '../../ui/paged-rows.ts';
import { findingFilters, findingQuery } from '../vulnerability/finding-filter.ts';
import { FindingDetail } from '../vulnerability/finding-detail.tsx';
import { findingColumns, findingKey } from './finding-columns.tsx';
import type { ImageSearch } from './image-search.ts';
import { layerFilter } from './layer-filter.ts';
import type { Seen } from './seen.ts';

const route = getRouteApi('/inside/images/$subject');
/** A folder has no layers. */
const folderColumns = findingColumns.filter((column) => column.id !== 'layer');
const others: readonly OtherFilter[] = [layerFilter, { id: 'package', name: 'Package' }];

interface ListProps {
  readonly subject: SubjectId;
  readonly search: ImageSearch;
  /** What an empty list means. */
  readonly seen: Seen;
}

/** The findings of one image, worst first; the detail of one opens over it. */
export function FindingsList({ subject, search, seen }: ListProps): ReactNode {
  const navigate = route.useNavigate();
  const [chosen, choose] = useState<FindingRow>();
  const change = (changes: Partial<ImageSearch>): void => {
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true, resetScroll: false, hash: true });
  };
  const opened = useOpened(subject, search.finding, chosen);
  return (
    <>
      <DataTable
        name="Findings"
        source={sourceOf(subject, search)}
        columns={subject.startsWith('host:') ? folderColumns : findingColumns}
        heights={[46, 104]}
        filters={
          <FilterBar
            values={{ ...search }}
            choices={findingFilters}
            others={others}
            searchFor="CVE or package"
            change={(id, value) => change({ [id]: value, finding: undefined })}
          />
        }
        empty={hasFilter(search) ? <NothingPasses subject={subject} /> : <NoFindings seen={seen} />}
        selected={search.finding}
        open={(row) => {
          choose(row);
          change({ finding: findingKey(row) });
        }}
      />
      <DetailPane
        place="over"
        title={opened?.finding.id ?? 'Finding'}
        opened={opened !== undefined}
        close={() => change({ finding: undefined })}
      >
        {opened && <FindingDetail row={opened} />}
      </DetailPane>
    </>
  );
}

/** The row that the address names: the one just clicked, else asked for by its flaw and package. */
function useOpened(
  subject: SubjectId,
  key: string | undefined,
  chosen: FindingRow | undefined,
): FindingRow | undefined {
  const known = chosen !== undefined && findingKey(chosen) === key && chosen.subject === subject;
  const [flaw = '', name = ''] = key?.split(' ') ?? [];
  const query = { subject, flaw, package: name, limit: 20 };
  const asked = useQuery({ ...reading(listFindings, { query }), enabled: key !== undefined && !known });
  if (key === undefined) return undefined;
  return known ? chosen : asked.data?.findings.find((row) => findingKey(row) === key);
}

function sourceOf(subject: SubjectId, search: ImageSearch): RowSource<FindingRow> {
  const query = { ...findingQuery(search), subject, layer: search.layer, package: search.package };
  return {
    list: JSON.stringify(query),
    keyOf: findingKey,
    weightOf: ({ finding }) => finding.risk.score,
    page: (window) =>
      pageReading(listFindings, { query: { ...query, ...window } }, (reply) => ({
        total: reply.total,
        rows: reply.findings,
      })),
  };
}

function hasFilter({
  finding: _finding,
  tab: _tab,
  environment: _environment,
  ...filters
}: ImageSearch & FrameSearch): boolean {
  return Object.values(filters).some((value) => value !== undefined);
}

function NoFindings({ seen }: { readonly seen: Seen }): ReactNode {
  switch (seen.kind) {
    case 'everything':
      return (
        <EmptyState icon="vulnerabilities" title="No finding">
          <p className="soft">
            No feed knows a flaw in what the scan saw. New flaws appear here as the feeds learn of them.
          </p>
        </EmptyState>
      );
    case 'part':
      return (
        <EmptyState icon="vulnerabilities" title="No finding in what the scan saw">
          <p className="soft">It did not see everything, so nothing is known of the rest: see the faults above.</p>
        </EmptyState>
      );
    case 'not all judged':
      return (
        <EmptyState icon="vulnerabilities" title="No finding in what was judged">
          <p className="soft">
            Not everything was compared with advisories, so nothing is known of the rest: see above.
          </p>
        </EmptyState>
      );
    case 'nothing':
      return (
        <EmptyState icon="vulnerabilities" title="Nothing is known yet">
          <p className="soft">{seen.waitingFor} Findings appear here by themselves.</p>
        </EmptyState>
      );
  }
}

function NothingPasses({ subject }: { readonly subject: SubjectId }): ReactNode {
  return (
    <EmptyState icon="search" title="No finding passes these filters">
      <p className="soft">
        Remove a filter above, or look at{' '}
        <Link to="/images/$subject" params={{ subject }} hash="lists">
          all findings of this image
        </Link>
        .
      </p>
    </EmptyState>
  );
}
