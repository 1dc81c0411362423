import { packageParts, shownVersion } from '#ecosystems/contract.ts';
import { Link } from '@tanstack/react-router';
import type { PackageRow } from '#explorer/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { count, counted } from '../../ui/format.ts';
import { InUseSince } from '../../ui/in-use.tsx';
import { Counts, totalOf } from '../../ui/severity.tsx';

/** Packages of one image. */
export const packageColumns: readonly Column<PackageRow>[] = [
  {
    id: 'name',
    name: 'Package',
    className: 'c-find',
    heads: 'row',
    cell: (row) => (
      <>
        <span className="l1 row-id">
          <Link
            from="/images/$subject"
            to="/images/$subject"
            search={{ package: row.name }}
            resetScroll={false}
            title={row.purl}
          >
            {packageParts(row.type, row.name).own}
          </Link>
        </span>
        <span className="l2" title={[packageParts(row.type, row.name).origin ?? [], row.licenses].flat().join(', ')}>
          {originOf(row)}
          {row.licenses.length === 0 ? 'no licence named' : row.licenses.join(', ')}
        </span>
      </>
    ),
    text: (row) => row.name,
  },
  {
    id: 'version',
    name: 'Version',
    className: 'c-version',
    cell: (row) => (
      <span className={row.version === '' ? 'soft' : 'mono clip'} title={row.version}>
        {shownVersion(row.version)}
      </span>
    ),
    text: (row) => shownVersion(row.version),
  },
  {
    id: 'type',
    name: 'Type',
    className: 'c-type',
    cell: (row) => <span className="soft">{row.type}</span>,
    text: (row) => row.type,
  },
  {
    id: 'path',
    name: 'Found in',
    className: 'c-path',
    cell: (row) => (
      <>
        <span className="l1 mono soft clip" title={row.paths.join('\n')}>
          /{row.paths[0]}
        </span>
        <span className="l2">
          by {row.foundBy}
          {row.fileCount > 0 && `, owns ${counted(row.fileCount, 'file')}`}
        </span>
      </>
    ),
    text: (row) => row.paths[0],
  },
  {
    id: 'use',
    name: 'In use',
    className: 'c-use',
    cell: (row) => <InUseSince moment={row.inUse} />,
    text: (row) => row.inUse,
  },
  {
    id: 'findings',
    name: 'Findings',
    className: 'c-counts',
    cell: (row) =>
      row.notCompared !== undefined && totalOf(row.counts) === 0 ? (
        <span className="mark dashed">{notComparedWords[row.notCompared]}</span>
      ) : (
        <Counts
          counts={row.counts}
          form="columns"
          linkTo={(severity) => ({
            from: '/images/$subject',
            to: '/images/$subject',
            search: { package: row.name, severity },
            resetScroll: false,
          })}
        />
      ),
    text: (row) => (row.notCompared === undefined ? totalOf(row.counts) : notComparedWords[row.notCompared]),
  },
  {
    id: 'layer',
    name: 'Layer',
    className: 'c-layer num',
    cell: (row) => count(row.layer + 1),
    text: (row) => row.layer + 1,
  },
];

const notComparedWords: Readonly<Record<NonNullable<PackageRow['notCompared']>, string>> = {
  'no-advisories': 'not compared: no advisories',
  own: 'not compared: own package',
  unidentified: 'not compared: unidentified',
  'version-unknown': 'not compared: version unknown',
  'not-matched': 'not compared yet',
};

function originOf(row: PackageRow): string {
  const { origin } = packageParts(row.type, row.name);
  return origin === undefined ? '' : `${origin}, `;
}
