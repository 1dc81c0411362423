import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Immutable } from '#base/index.ts';
import { listUnscanned, type UnscannedRow } from '#explorer/contract.ts';
import { listPage, rowsOf } from '../../app/list-page.tsx';
import { Notice } from '../../ui/blank.tsx';
import type { Column } from '../../ui/columns.ts';
import { count, counted } from '../../ui/format.ts';
import { State } from '../../ui/state-mark.tsx';
import type { ImagesSearch } from './images-search.ts';

interface Unscanned {
  readonly total: number;
  readonly targets: readonly Immutable<UnscannedRow>[];
}

/** Shown at the end of the list of all images. */
const firstFew = 5;

/** What no scan speaks for, under the list of those that were scanned: never left out, never green. */
export function UnscannedNotice(props: {
  readonly unscanned: Unscanned;
  readonly search: string | undefined;
}): ReactNode {
  const { total, targets } = props.unscanned;
  if (total === 0) return null;
  const shown = targets.slice(0, firstFew);
  return (
    <Notice title={`${counted(total, 'target')} not scanned`}>
      <ul>
        {shown.map((target) => (
          <li key={`${target.host} ${target.name}`}>
            <span className="strong breakable">{target.name}</span>
            <span className="soft">
              {target.reason} <span className="quiet">on {target.host},</span> <code>{target.code}</code>
            </span>
          </li>
        ))}
      </ul>
      {total > shown.length && (
        <p>
          <Link to="/images" search={{ verdict: 'unscanned', search: props.search }}>
            All {count(total)}
          </Link>
        </p>
      )}
    </Notice>
  );
}

const columns: readonly Column<UnscannedRow>[] = [
  {
    id: 'state',
    name: 'State',
    className: 'c-verdict',
    cell: () => <State state="unknown">Not scanned</State>,
  },
  {
    id: 'name',
    name: 'Target',
    className: 'c-name',
    heads: 'row',
    cell: (row) => (
      <>
        <span className="l1 clip strong">{row.name}</span>
        <span className="l2" title={row.reason}>
          {row.reason}
        </span>
      </>
    ),
    text: (row) => row.name,
  },
  {
    id: 'reason',
    name: 'Code',
    className: 'c-counts',
    cell: (row) => <code>{row.code}</code>,
    text: (row) => row.reason,
  },
  {
    id: 'host',
    name: 'Host',
    className: 'c-when',
    cell: (row) => <span className="clip">{row.host}</span>,
    text: (row) => row.host,
  },
];

/** All of them, as a list of their own. */
export const UnscannedList = listPage<UnscannedRow, ImagesSearch>({
  name: 'Not scanned',
  noun: ['target', 'targets'],
  columns,
  heights: [46, 76],
  searchFor: 'image, host or digest',
  views: ['verdict'],
  source: ({ search }) =>
    rowsOf(
      listUnscanned,
      { query: { search } },
      { keyOf: ({ host, name }) => `${host} ${name}`, pageOf: ({ total, targets }) => ({ total, rows: targets }) },
    ),
  empty: {
    icon: 'images',
    title: 'Everything that hosts hold is scanned',
    body: (
      <p className="soft">
        What cannot be read is listed here with the reason. <Link to="/hosts">Hosts</Link>
      </p>
    ),
  },
});
