import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Container } from '#inventory/contract.ts';
import { environmentName } from '../../app/environment.ts';
import type { Column } from '../../ui/columns.ts';
import { Glow } from '../../ui/glow.tsx';
import { When } from '../../ui/marks.tsx';
import { SubjectName } from '../../ui/subject-name.tsx';
import { publishedPorts, settingsOf, shortPorts } from './container-settings.ts';
import { ProtectionMark } from '../sensor/container-protection.tsx';
import { protectionText } from '../sensor/protection-words.ts';
import { ContainerStateMark, containerStateWord } from './container-state.tsx';

/** One line for each container: how it is, what it is made of, where it stands, what of its settings matters. */
export const containerColumns: readonly Column<Container>[] = [
  {
    id: 'state',
    name: 'State',
    className: 'c-state',
    cell: (row) => (
      <>
        <Glow value={row.state}>
          <ContainerStateMark container={row} />
        </Glow>
        <ProtectionMark protection={row.protection} />
      </>
    ),
    text: (row) => containerStateWord(row.state),
  },
  {
    id: 'protection',
    name: 'Protection',
    className: '',
    place: 'export',
    cell: (row) => protectionText(row.protection),
    text: (row) => protectionText(row.protection),
  },
  {
    id: 'name',
    name: 'Container',
    className: 'c-name',
    heads: 'row',
    cell: (row) => <NameCell row={row} />,
    text: (row) => row.name,
  },
  {
    id: 'place',
    name: 'Host',
    className: 'c-place',
    cell: (row) => (
      <>
        <span className="l1 clip">{row.host}</span>
        <span className="l2">{environmentName(row.environment)}</span>
      </>
    ),
    text: (row) => row.host,
  },
  {
    id: 'environment',
    name: 'Environment',
    className: '',
    place: 'export',
    cell: (row) => row.environment,
    text: (row) => row.environment,
  },
  {
    id: 'application',
    name: 'Application',
    className: 'c-app',
    cell: (row) =>
      row.application === undefined ? (
        <span className="quiet">none</span>
      ) : (
        <span className="clip">
          <Link to="/applications/$name" params={{ name: row.application }}>
            {row.application}
          </Link>
        </span>
      ),
    text: (row) => row.application,
  },
  {
    id: 'settings',
    name: 'Settings',
    className: 'c-settings',
    cell: (row) => <SettingMarks row={row} />,
    text: (row) =>
      settingsOf(row)
        .map(({ word }) => word)
        .join(' '),
  },
  {
    id: 'ports',
    name: 'Published',
    className: 'c-ports',
    least: 1200,
    cell: (row) => <Ports row={row} />,
    text: (row) => publishedPorts(row.ports).join(' '),
  },
  {
    id: 'since',
    name: 'Since',
    className: 'c-when',
    cell: (row) => (
      <span className="soft">
        <When moment={since(row)} />
      </span>
    ),
    text: (row) => since(row),
  },
];

/** When it came into the state that it is in. */
function since(row: Container): string {
  return row.finishedAt ?? row.startedAt ?? row.createdAt;
}

function NameCell({ row }: { readonly row: Container }): ReactNode {
  return (
    <>
      <span className="l1 row-id">
        <Link
          from="/containers"
          to="/containers"
          search={(before) => ({ ...before, container: row.id })}
          resetScroll={false}
        >
          {row.name}
        </Link>
        {row.incomplete && <span className="mark dashed hatch-mark">incomplete</span>}
      </span>
      <span className="l2">
        {row.subject === undefined ? (
          row.image.name
        ) : (
          <Link className="quiet" to="/images/$subject" params={{ subject: row.subject }} title={row.image.name}>
            <SubjectName subject={row.subject} names={[row.image.name]} />
          </Link>
        )}
      </span>
    </>
  );
}

/** Marks of a container's settings; the gravest come first, those that have no room are counted. */
function SettingMarks({ row }: { readonly row: Container }): ReactNode {
  if (row.incomplete === true) return <span className="quiet small">not known</span>;
  const settings = settingsOf(row);
  const shown = settings.slice(0, 3);
  return (
    <span className="setting-marks">
      {shown.map(({ word, why, weight }) => (
        <span key={word} className={weight === 'grave' ? 'mark grave' : 'mark'} title={why}>
          {word}
        </span>
      ))}
      {settings.length > shown.length && <span className="mark">+{settings.length - shown.length}</span>}
    </span>
  );
}

function Ports({ row }: { readonly row: Container }): ReactNode {
  const [first, ...others] = shortPorts(row.ports);
  if (first === undefined) return <span className="quiet">none</span>;
  return (
    <>
      <span className="l1 mono clip" title={publishedPorts(row.ports).join('\n')}>
        {first}
      </span>
      {others.length > 0 && <span className="l2">and {others.length} more</span>}
    </>
  );
}
