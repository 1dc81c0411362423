import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listChecks } from '#compliance/contract.ts';
import type { ControlState, listEvidenceChanges } from '#explorer/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { reading } from '../../api.ts';
import type { Column } from '../../ui/columns.ts';
import { EnvironmentMark } from '../../ui/environment-mark.tsx';
import { Minute } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { SubjectName } from '../../ui/subject-name.tsx';
import { stateMarks } from '../compliance/check-words.ts';
import { subjectLink } from '../compliance/subject-link.ts';
import { answerName, wayOf } from './changes.ts';
import { controlWords, standingOf } from './standing.ts';
import { kindWords } from './subject-key.ts';

type Changes = ReplyOf<typeof listEvidenceChanges>;

/** One answer that changed. */
export type ChangeRow = Changes['changes'][number];

type Moved = Changes['controls'][number];

const wayWords = { worse: 'worse', better: 'better', applies: 'neither: it began or ceased to apply' } as const;

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
      name: 'Change',
      className: 'c-way',
      cell: (moved) =>
        wayOf(moved) === 'worse' ? <b>worse</b> : <span className="soft">{wayWords[wayOf(moved)]}</span>,
    },
  ];
}

/** Its coverage on that day is not known here, so a control that is met is not green. */
function ControlMark({ state }: { readonly state: ControlState }) {
  return <State state={state === 'met' ? 'partly' : standingOf({ state }).state}>{controlWords[state]}</State>;
}

/** A check by its title; what another part of the product answered has the name of its question. */
function CheckName({ check }: Pick<ChangeRow, 'check'>) {
  const { data } = useQuery({ ...reading(listChecks), staleTime: Infinity });
  const title = data?.checks.find(({ id }) => id === check)?.title;
  if (title === undefined) return <span className="l1 cut">{answerName(check)}</span>;
  return (
    <>
      <Link className="l1 cut" to="/compliance/checks" search={{ check }} title={title}>
        {title}
      </Link>
      <span className="l2 mono">{check}</span>
    </>
  );
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
      const name = <SubjectName subject={row.name} names={[row.name]} />;
      return (
        <>
          <span className="l1 row-id" title={row.name}>
            {link === undefined ? name : <Link {...link}>{name}</Link>}
          </span>
          <span className="l2">
            {kindWords[row.kind]}
            {row.kind !== 'host' && row.host !== '' && row.host !== '-' && ` on ${row.host}`}
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
    cell: ({ check }) => <CheckName check={check} />,
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
