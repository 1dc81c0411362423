import { Link } from '@tanstack/react-router';
import type { Incident } from '#runtime/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { EnvironmentMark } from '../../ui/environment-mark.tsx';
import { count } from '../../ui/format.ts';
import { Glow } from '../../ui/glow.tsx';
import { When } from '../../ui/marks.tsx';
import { SeverityMark, severityWords } from '../../ui/severity.tsx';
import { State } from '../../ui/state-mark.tsx';
import { containerAndImage, happenedOf } from './happened-of.ts';
import { incidentMark } from './incident-mark.ts';
import { incidentStateWord, OutcomeMark, outcomeWord } from './outcome-mark.tsx';

/** One line for each incident: what happened where, and whether it was stopped. */
export const incidentColumns: readonly Column<Incident>[] = [
  {
    id: 'severity',
    name: 'Severity',
    className: 'c-severity',
    cell: ({ severity }) => <SeverityMark severity={severity} />,
    text: ({ severity }) => severityWords[severity],
  },
  {
    id: 'title',
    name: 'What happened',
    className: 'c-title',
    heads: 'row',
    cell: (one) => (
      <>
        <Link className="l1 strong clip" title={one.title} to="/incidents/$id" params={{ id: String(one.id) }}>
          {happenedOf(one)}
        </Link>
        <span className="l2 quiet clip">{containerAndImage(one.container)}</span>
      </>
    ),
    text: ({ title }) => title,
  },
  {
    id: 'outcome',
    name: 'Outcome',
    className: 'c-outcome',
    cell: ({ outcome }) => <OutcomeMark outcome={outcome} />,
    text: ({ outcome }) => outcomeWord(outcome),
  },
  {
    id: 'state',
    name: 'State',
    className: 'c-state',
    cell: (one) => <State state={incidentMark(one)}>{incidentStateWord(one.state)}</State>,
    text: ({ state }) => incidentStateWord(state),
  },
  {
    id: 'place',
    name: 'Where',
    className: 'c-place',
    cell: (one) => (
      <>
        <EnvironmentMark environment={one.environment} /> <span className="quiet clip">{one.host}</span>
      </>
    ),
    text: (one) => `${one.environment ?? ''} ${one.host}`,
  },
  {
    id: 'detections',
    name: 'Events',
    className: 'c-events num',
    least: 1200,
    cell: ({ detections }) => <Glow value={detections}>{count(detections)}</Glow>,
    text: ({ detections }) => detections,
  },
  {
    id: 'last',
    name: 'Last',
    className: 'c-last soft',
    cell: ({ lastAt }) => <When moment={lastAt} />,
    text: ({ lastAt }) => lastAt,
  },
];
