import { Link } from '@tanstack/react-router';
import type { ControlState, listEvidenceChanges } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import type { Column } from '../../ui/columns.ts';
import { EnvironmentMark } from '../../ui/environment-mark.tsx';
import { Minute } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { stateMarks } from '../compliance/check-words.ts';
import { subjectLink } from '../compliance/subject-link.ts';
import { isWorse } from './changes.ts';
import { controlWords, standingOf } from './standing.ts';
import { kindWords } from './subject-key.ts';

type Changes = ReplyOf<typeof listEvidenceChanges>;

/** One answer that changed. */
export type ChangeRow = Changes['changes'][number];

type Moved = Changes['controls'][number];

/** Controls that changed, from what to what. */
export function movedColumns(kept: {
  readonly template: string;
  readonly application: string | undefined;
}): readonly Column<Moved>[] {
  const { template, application } = kept;
  return [
    {
      id: 'control',
      name: 'Control',
      className: 'breakable',
      heads: 'row',
      cell: ({ id, title }) => (
        <Link
          className="l1 strong"
          to="/compliance/controls/$template/$control"
          params={{ template, control: id }}
          search={{ application }}
        >
          <span className="control-id">{id}</span> {title}
        </Link>
      ),
    },
    { id: 'from', name: 'From', className: 'c-before', cell: ({ from }) => controlWords[from] },
    { id: 'to', name: 'To', className: 'c-after', cell: ({ to }) => <ControlMark state={to} /> },
    {
      id: 'way',
      name: 'Which is',
      className: 'c-way',
      cell: (moved) => (isWorse(moved) ? <b>worse</b> : <span className="soft">better</span>),
    },
  ];
}

/** Its coverage on that day is not known here, so a control that is met is not green. */
function ControlMark({ state }: { readonly state: ControlState }) {
  return <State state={state === 'met' ? 'partly' : standingOf({ state }).state}>{controlWords[state]}</State>;
}

/** One line for each answer: about what, from what to what, when it was so and when it was known. */
export const changeColumns: readonly Column<ChangeRow>[] = [
  {
    id: 'subject',
    name: 'Subject',
    className: 'c-subject',
    heads: 'row',
    cell: (row) => {
      const link = subjectLink(row);
      return (
        <>
          <span className="l1 row-id">{link === undefined ? row.name : <Link {...link}>{row.name}</Link>}</span>
          <span className="l2">
            {kindWords[row.kind]}
            {row.kind !== 'host' && row.host !== '' && ` on ${row.host}`}
          </span>
        </>
      );
    },
    text: ({ name }) => name,
  },
  { id: 'kind', name: 'Kind', className: '', cell: () => null, place: 'export', text: ({ kind }) => kind },
  { id: 'host', name: 'Host', className: '', cell: () => null, place: 'export', text: ({ host }) => host },
  {
    id: 'check',
    name: 'Answer to',
    className: 'c-asked',
    cell: ({ check }) => (
      <Link className="mono l1 cut" to="/compliance/checks" search={{ check }}>
        {check}
      </Link>
    ),
    text: ({ check }) => check,
  },
  {
    id: 'change',
    name: 'From and to',
    className: 'c-change',
    cell: ({ from, to }) => (
      <>
        <span className="l1">
          <State state={stateMarks[to].state}>{stateMarks[to].word}</State>
        </span>
        <span className="l2">before: {stateMarks[from].word.toLowerCase()}</span>
      </>
    ),
    text: ({ from, to }) => `${from} to ${to}`,
  },
  {
    id: 'where',
    name: 'Where',
    className: 'c-place',
    least: 900,
    cell: ({ environment, application }) => (
      <>
        <EnvironmentMark environment={environment} />
        <span className="l2">{application}</span>
      </>
    ),
    text: ({ environment }) => environment,
  },
  {
    id: 'when',
    name: 'Since, and known since',
    className: 'c-times',
    cell: ({ observedAt, receivedAt }) => (
      <>
        <span className="l1">
          <Minute moment={observedAt} />
        </span>
        <span className="l2">
          known <Minute moment={receivedAt} />
        </span>
      </>
    ),
    text: ({ observedAt }) => observedAt,
  },
  {
    id: 'received',
    name: 'Known since',
    className: '',
    cell: () => null,
    place: 'export',
    text: ({ receivedAt }) => receivedAt,
  },
];
