import { Link } from '@tanstack/react-router';
import type { FindingRow } from '#explorer/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { Epss, KevMark, statusWord } from '../../ui/marks.tsx';
import { InUse } from '../../ui/in-use.tsx';
import { InstalledPackage } from '../../ui/installed-package.tsx';
import { Rank } from '../../ui/rank.tsx';
import { Score } from '../../ui/score-bar.tsx';
import { SeverityMark } from '../../ui/severity.tsx';
import type { ProvenBase } from '../provenance/base.ts';

/** What tells one finding of an image from the others; it stands in the address. Names hold no blanks. */
export function findingKey({ finding }: FindingRow): string {
  return [finding.id, finding.package, finding.installed, finding.path].filter(Boolean).join(' ');
}

/** Findings of one image. `base`: what tells inherited layers from own ones; missing: no base is proven. */
export function findingColumnsOf(base: Pick<ProvenBase, 'layers' | 'name'> | undefined): readonly Column<FindingRow>[] {
  return [...findingColumns, layerColumn(base)];
}

/** Those of a folder, which has no layers. */
export const findingColumns: readonly Column<FindingRow>[] = [
  {
    id: 'rank',
    name: 'Rank',
    quietHead: 'yes',
    className: 'c-rank',
    cell: (_, index, move) => <Rank index={index} move={move} />,
  },
  {
    id: 'risk',
    name: 'Risk',
    className: 'c-score',
    cell: ({ finding }) => <Score score={finding.risk.score} points={finding.risk.points} />,
    text: ({ finding }) => finding.risk.score,
  },
  {
    id: 'finding',
    name: 'Finding',
    className: 'c-find',
    heads: 'row',
    cell: (row) => (
      <>
        <span className="l1 row-id">
          <Link
            from="/images/$subject"
            to="/images/$subject"
            search={(before) => ({ ...before, finding: findingKey(row) })}
            resetScroll={false}
          >
            {row.finding.id}
          </Link>
          {row.finding.kev && <KevMark />}
          {row.finding.suppressed && <span className="mark dashed">suppressed</span>}
        </span>
        <InstalledPackage type={row.finding.type} name={row.finding.package} version={row.finding.installed} />
      </>
    ),
    text: ({ finding }) => finding.id,
  },
  {
    id: 'package',
    name: 'Path',
    className: 'c-path',
    cell: ({ finding }) => (
      <span className="mono soft clip" title={finding.path}>
        {finding.path === undefined ? finding.type : `/${finding.path}`}
      </span>
    ),
    text: ({ finding }) => `${finding.package} ${finding.installed}`,
  },
  {
    id: 'severity',
    name: 'Severity, EPSS',
    className: 'c-severity',
    cell: ({ finding }) => (
      <>
        <span className="l1">
          <SeverityMark severity={finding.severity} />
        </span>
        <span className="l2">
          <Epss score={finding.epss?.score} />
        </span>
      </>
    ),
    text: ({ finding }) => finding.severity,
  },
  {
    id: 'fixed',
    name: 'Fixed in',
    className: 'c-fixed',
    cell: ({ finding }) =>
      finding.fixed === undefined ? (
        <span className="quiet small">{statusWord(finding.status)}</span>
      ) : (
        <span className="mono clip" title={finding.fixed}>
          {finding.fixed}
        </span>
      ),
    text: ({ finding }) => finding.fixed,
  },
  {
    id: 'use',
    name: 'In use',
    className: 'c-use',
    cell: (row) => <InUse inUse={row.inUse !== undefined} />,
    text: (row) => row.inUse,
  },
];

function layerColumn(base: Pick<ProvenBase, 'layers' | 'name'> | undefined): Column<FindingRow> {
  return {
    id: 'layer',
    name: 'Layer',
    className: 'c-layer num',
    cell: ({ finding: { layer } }) => (
      <>
        <span className="l1">
          <Link
            from="/images/$subject"
            to="/images/$subject"
            search={(before) => ({ ...before, layer })}
            resetScroll={false}
            aria-label={`Only layer ${layer + 1}`}
          >
            {layer + 1}
          </Link>
        </span>
        {base !== undefined && (
          <span className="l2" title={isOfBase(layer, base) ? base.name : undefined}>
            {isOfBase(layer, base) ? 'base' : 'own'}
          </span>
        )}
      </>
    ),
    text: ({ finding: { layer } }) =>
      base === undefined ? layer + 1 : `${layer + 1} ${isOfBase(layer, base) ? 'base' : 'own'}`,
  };
}

function isOfBase(layer: number, { layers }: Pick<ProvenBase, 'layers'>): boolean {
  return layer < layers;
}
