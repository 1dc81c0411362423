import { Link } from '@tanstack/react-router';
import type { ImageRow, Placement } from '#explorer/contract.ts';
import { environmentName, placementsInOrder } from '../../app/environment.ts';
import type { Column } from '../../ui/columns.ts';
import { EnvironmentMark } from '../../ui/environment-mark.tsx';
import { count, counted, subjectName } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { When } from '../../ui/marks.tsx';
import { Score } from '../../ui/score-bar.tsx';
import { Counts, totalOf } from '../../ui/severity.tsx';
import { SubjectName } from '../../ui/subject-name.tsx';
import { VerdictMark, verdictWords } from '../../ui/state-mark.tsx';

/** One line for each image: verdict first, then what it is, what is wrong with it, where it lies. */
export const imageColumns: readonly Column<ImageRow>[] = [
  {
    id: 'verdict',
    name: 'Verdict',
    className: 'c-verdict',
    sort: 'verdict',
    cell: (row) => (
      <Glow value={row.verdict ?? 'pending'}>
        <VerdictMark verdict={row.verdict} />
      </Glow>
    ),
    text: (row) => verdictWords[row.verdict ?? 'pending'],
  },
  {
    id: 'name',
    name: 'Image',
    className: 'c-name',
    heads: 'row',
    sort: 'name',
    cell: (row) => <NameCell row={row} />,
    text: (row) => subjectName(row.subject, row.names),
  },
  {
    id: 'findings',
    name: 'Findings',
    className: 'c-counts',
    cell: (row) => (
      <Counts
        counts={row.counts}
        form="columns"
        linkTo={(severity) => ({ to: '/images/$subject', params: { subject: row.subject }, search: { severity } })}
      />
    ),
    text: (row) => totalOf(row.counts),
  },
  {
    id: 'worst',
    name: 'Worst risk',
    className: 'c-score',
    sort: 'risk',
    cell: (row) => (row.worst === undefined ? <span className="quiet">none</span> : <Score score={row.worst} />),
    text: (row) => row.worst,
  },
  {
    id: 'packages',
    name: 'Packages',
    className: 'c-count num',
    least: 1200,
    cell: (row) => (
      <Link to="/images/$subject" params={{ subject: row.subject }} search={{ tab: 'packages' }}>
        <Glow value={row.packages}>{count(row.packages)}</Glow>
      </Link>
    ),
    text: (row) => row.packages,
  },
  {
    id: 'placements',
    name: 'Runs in',
    className: 'c-places',
    cell: (row) => <Places row={row} />,
    text: (row) => row.placements.map((one) => `${environmentName(one.environment)}: ${one.containers}`).join('; '),
  },
  {
    id: 'hosts',
    name: 'Hosts',
    className: '',
    place: 'export',
    cell: () => null,
    text: (row) => row.hosts.join(' '),
  },
  {
    id: 'applications',
    name: 'Applications',
    className: '',
    place: 'export',
    cell: () => null,
    text: (row) => row.applications.join(' '),
  },
  {
    id: 'scanned',
    name: 'Scanned',
    className: 'c-when',
    sort: 'scanned',
    cell: (row) => (
      <span className="soft">
        <When moment={row.scannedAt} />
      </span>
    ),
    text: (row) => row.scannedAt,
  },
];

function NameCell({ row }: { readonly row: ImageRow }) {
  const more = row.names.length - 1;
  return (
    <>
      <span className="l1 row-id">
        <Link
          to="/images/$subject"
          params={{ subject: row.subject }}
          title={row.names.join('\n')}
          aria-label={subjectName(row.subject, row.names)}
        >
          <SubjectName subject={row.subject} names={row.names} />
        </Link>
        {more > 0 && <span className="mark">+{more}</span>}
        {row.differs && <span className="mark dashed hatch-mark">publishers differ</span>}
        {row.faults > 0 && <span className="mark dashed hatch-mark">incomplete</span>}
      </span>
      <span className="l2" title={row.reason}>
        {row.distribution ?? 'no distribution'}
        {row.applications.length > 0 && <span className="soft">, {row.applications.join(', ')}</span>}
        {row.reason !== undefined && <span className="quiet">, {row.reason}</span>}
      </span>
    </>
  );
}

/** Environments where it lies, with the containers that run it and what is known only from before. */
function Places({ row }: { readonly row: ImageRow }) {
  if (row.placements.length === 0) return <span className="quiet small">on no host that reports</span>;
  const [first, ...others] = placementsInOrder(row.placements);
  return (
    <>
      {first && <Place placement={first} />}
      {others.length > 0 && (
        <span className="l2" title={others.map(placeSentence).join('\n')}>
          {others.map(placeSentence).join(', ')}
        </span>
      )}
    </>
  );
}

function Place({ placement }: { readonly placement: Placement }) {
  return (
    <span className="l1 place" title={placeSentence(placement)}>
      <EnvironmentMark environment={placement.environment} />
      <Glow value={placement.containers}>
        {placement.containers === 0 ? 'not running' : counted(placement.containers, 'container')}
      </Glow>
      {placement.stale && <span className="mark dashed hatch-mark">stale</span>}
    </span>
  );
}

function placeSentence({ environment, containers, stale }: Placement): string {
  return `${environmentName(environment)} ${containers === 0 ? 'not running' : count(containers)}${stale ? ', stale' : ''}`;
}
