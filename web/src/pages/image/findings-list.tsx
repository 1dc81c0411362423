import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { SubjectId } from '#base/index.ts';
import { type FindingRow, type ImageDetail, listFindings } from '#explorer/contract.ts';
import { useQuery } from '@tanstack/react-query';
import { reading } from '../../api.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { EmptyState } from '../../ui/blank.tsx';
import { DetailPane } from '../../ui/detail-pane.tsx';
import { findingFilters, findingQuery } from '../vulnerability/finding-filter.ts';
import { ExceptionsSection } from '../vulnerability/exceptions-section.tsx';
import { type ProvenBase, useBase } from '../provenance/base.ts';
import { fixIn } from '../vulnerability/advice-box.tsx';
import { FindingDetail } from '../vulnerability/finding-detail.tsx';
import { BlocksIn } from './blocks-in.tsx';
import { findingColumns, findingColumnsOf, findingKey } from './finding-columns.tsx';
import type { ImageSearch } from './image-search.ts';
import { layerFilter, partFilter } from './layer-filter.ts';
import type { Seen } from './seen.ts';

const route = getRouteApi('/inside/images/$subject');
interface ListSearch extends ImageSearch {
  readonly subject: SubjectId;
  /** Layers of the proven base. */
  readonly baseLayers: number | undefined;
}

const ImageFindings = listPage<FindingRow, ListSearch>({
  name: 'Findings',
  noun: ['finding', 'findings of this image'],
  columns: findingColumnsOf(undefined),
  heights: [46, 104],
  searchFor: 'CVE or package',
  filters: findingFilters,
  others: [layerFilter, partFilter, { id: 'package', name: 'Package' }],
  about: ['subject', 'baseLayers'],
  details: ['finding'],
  source: (search) =>
    rowsOf(
      listFindings,
      {
        query: {
          ...findingQuery(search),
          subject: search.subject,
          layer: search.layer,
          ...layersOf(search),
          package: search.package,
        },
      },
      {
        keyOf: findingKey,
        weightOf: ({ finding }) => finding.risk.score,
        pageOf: ({ total, findings }) => ({ total, rows: findings }),
      },
    ),
  empty: { icon: 'vulnerabilities', title: 'No finding', body: null },
});

/** Without a proven base no layer is one of it, and none is told to be own. */
function layersOf({ part, baseLayers }: ListSearch): { readonly fromLayer?: number; readonly belowLayer?: number } {
  if (part === undefined) return {};
  return part === 'own' && baseLayers !== undefined ? { fromLayer: baseLayers } : { belowLayer: baseLayers ?? 0 };
}

interface ListProps {
  readonly subject: SubjectId;
  readonly search: ImageSearch;
  /** What an empty list means. */
  readonly seen: Seen;
  readonly detail: ImageDetail;
}

/** The findings of one image, worst first; the detail of one opens over it. */
export function FindingsList({ subject, search, seen, detail }: ListProps): ReactNode {
  const navigate = route.useNavigate();
  const [chosen, choose] = useState<FindingRow>();
  const change = (changes: Partial<ImageSearch>): void => {
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true, resetScroll: false, hash: true });
  };
  const opened = useOpened(subject, search.finding, chosen);
  const isImage = detail.subject.kind === 'image';
  const base = useBase(detail.subject.kind === 'image' ? detail.subject : undefined);
  const columns = isImage ? findingColumnsOf(base) : findingColumns;
  return (
    <>
      <ImageFindings
        search={{ ...search, subject, baseLayers: base?.layers }}
        columns={columns}
        empty={<NoFindings seen={seen} />}
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
        {opened && (
          <FindingDetail row={opened} fix={fixOf(detail, opened, base)} base={base}>
            <ExceptionsSection finding={opened.finding} />
          </FindingDetail>
        )}
      </DetailPane>
    </>
  );
}

/** The fix as the plan of the image has it, and when the finding blocks; nothing where the plan has none. */
function fixOf(detail: ImageDetail, { finding }: FindingRow, base: ProvenBase | undefined): ReactNode {
  const fix = fixIn({ detail, finding, base });
  if (fix === undefined) return undefined;
  const grace = detail.verdict?.violations.find(
    (one) => one.finding?.id === finding.id && one.finding.purl === finding.purl && one.graceUntil !== undefined,
  )?.graceUntil;
  return (
    <>
      {grace !== undefined && (
        <p>
          <BlocksIn moment={grace} />
        </p>
      )}
      {fix}
    </>
  );
}

/** The row that the address names: the one just clicked, else asked for by its vulnerability and package. */
function useOpened(
  subject: SubjectId,
  key: string | undefined,
  chosen: FindingRow | undefined,
): FindingRow | undefined {
  const known = chosen !== undefined && findingKey(chosen) === key && chosen.subject === subject;
  const [vulnerability = '', name = ''] = key?.split(' ') ?? [];
  const query = { subject, vulnerability, package: name, limit: 20 };
  const asked = useQuery({ ...reading(listFindings, { query }), enabled: key !== undefined && !known });
  if (key === undefined) return undefined;
  return known ? chosen : asked.data?.findings.find((row) => findingKey(row) === key);
}

function NoFindings({ seen }: { readonly seen: Seen }): ReactNode {
  switch (seen.kind) {
    case 'everything':
      return (
        <EmptyState icon="vulnerabilities" title="No finding">
          <p className="soft">
            No feed knows a vulnerability in what the scan saw. New vulnerabilities appear here as the feeds learn of
            them.
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
