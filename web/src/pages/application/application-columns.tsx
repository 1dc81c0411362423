import { Link } from '@tanstack/react-router';
import type { ApplicationRow } from '#explorer/contract.ts';
import { inEnvironmentOrder } from '../../app/environment.ts';
import type { Column } from '../../ui/columns.ts';
import { count } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { Score } from '../../ui/score-bar.tsx';
import { Counts, totalOf } from '../../ui/severity.tsx';
import { VerdictMark, verdictWords } from '../../ui/state-mark.tsx';
import { fromWords } from './from.ts';

/** One line for each application: verdict first, then what is wrong with it, how bad, and what it is made of. */
export const applicationColumns: readonly Column<ApplicationRow>[] = [
  {
    id: 'verdict',
    name: 'Verdict',
    className: 'c-verdict',
    cell: (row) => (
      <Glow value={row.verdict ?? 'pending'}>
        <VerdictMark verdict={row.verdict} />
      </Glow>
    ),
    text: (row) => verdictWords[row.verdict ?? 'pending'],
  },
  {
    id: 'name',
    name: 'Application',
    className: 'c-application',
    heads: 'row',
    cell: (row) => (
      <>
        <span className="l1 row-id">
          <Link to="/applications/$name" params={{ name: row.name }}>
            {row.name}
          </Link>
        </span>
        <span className="l2">
          {row.environments.length === 0 ? fromWords(row.from) : inEnvironmentOrder(row.environments).join(', ')}
        </span>
      </>
    ),
    text: (row) => row.name,
  },
  {
    id: 'findings',
    name: 'Findings',
    className: 'c-counts',
    cell: (row) => (
      <span title="Findings of all its images; one vulnerability in two images counts twice">
        <Counts counts={row.counts} form="columns" />
      </span>
    ),
    text: (row) => totalOf(row.counts),
  },
  {
    id: 'worst',
    name: 'Worst risk',
    className: 'c-score',
    cell: (row) => (row.worst === undefined ? <span className="quiet">none</span> : <Score score={row.worst} />),
    text: (row) => row.worst,
  },
  {
    id: 'images',
    name: 'Images',
    className: 'c-count num',
    cell: (row) => (
      <Link to="/images" search={{ application: row.name }}>
        <Glow value={row.images}>{count(row.images)}</Glow>
        <span className="sr">
          {' '}
          {row.images === 1 ? 'image' : 'images'} of {row.name}
        </span>
      </Link>
    ),
    text: (row) => row.images,
  },
  {
    id: 'containers',
    name: 'Running',
    className: 'c-count num',
    cell: (row) => (
      <Link to="/containers" search={{ application: row.name, state: 'up' }}>
        <Glow value={row.containers}>{count(row.containers)}</Glow>
        <span className="sr">
          {' '}
          running {row.containers === 1 ? 'container' : 'containers'} of {row.name}
        </span>
      </Link>
    ),
    text: (row) => row.containers,
  },
  {
    id: 'hosts',
    name: 'Hosts',
    className: 'c-count num soft',
    cell: (row) => count(row.hosts),
    text: (row) => row.hosts,
  },
  {
    id: 'from',
    name: 'Known by',
    className: '',
    place: 'export',
    cell: (row) => row.from,
    text: (row) => row.from,
  },
];
