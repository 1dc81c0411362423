import { Link } from '@tanstack/react-router';
import type { EvidenceAnswer, SubjectOfControl } from '#explorer/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { EnvironmentMark } from '../../ui/environment-mark.tsx';
import { counted } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { SubjectName } from '../../ui/subject-name.tsx';
import { stateMarks } from '../compliance/check-words.ts';
import { answersOf } from './standing.ts';
import { kindWords, textOfSubject } from './subject-key.ts';

/** What was seen, or why nothing was; the answer that decides. */
function seenWords({ seen, reason }: Pick<EvidenceAnswer, 'seen' | 'reason'>): string {
  return seen.length > 0 ? seen.join(', ') : (reason ?? '');
}

/** One line for each subject: how it stands, what decides that, where it is, since when. */
export const subjectColumns: readonly Column<SubjectOfControl>[] = [
  {
    id: 'subject',
    name: 'Subject',
    className: 'c-subject',
    heads: 'row',
    cell: (subject) => (
      <>
        <span className="l1 row-id">
          <Link
            to="."
            search={((before: object) => ({ ...before, subject: textOfSubject(subject) })) as never}
            hash
            resetScroll={false}
            title={subject.name}
          >
            <SubjectName subject={subject.name} names={[subject.name]} />
          </Link>
        </span>
        <span className="l2">
          {kindWords[subject.kind]}
          {subject.kind !== 'host' && subject.host !== '' && subject.host !== '-' && ` on ${subject.host}`}
        </span>
      </>
    ),
    text: ({ name }) => name,
  },
  { id: 'kind', name: 'Kind', className: '', cell: () => null, place: 'export', text: ({ kind }) => kind },
  { id: 'id', name: 'Id', className: '', cell: () => null, place: 'export', text: ({ id }) => id },
  { id: 'host', name: 'Host', className: '', cell: () => null, place: 'export', text: ({ host }) => host },
  {
    id: 'state',
    name: 'State',
    className: 'c-answer',
    cell: (subject) => {
      const { state, word } = stateMarks[subject.state];
      return (
        <>
          <span className="l1">
            <State state={state}>{word}</State>
          </span>
          <span className="l2">{answersOf(subject).words}</span>
        </>
      );
    },
    text: ({ state }) => state,
  },
  {
    id: 'seen',
    name: 'What was seen',
    className: 'c-seen',
    cell: (subject) => {
      const [first, ...others] = answersOf(subject).open;
      if (first === undefined) return <span className="quiet">Everything that applies passes.</span>;
      return (
        <>
          <span className="l1 cut" title={seenWords(first)}>
            {first.check !== undefined && <span className="mono quiet">{first.check} </span>}
            {first.seen.length > 0 ? <code>{first.seen.join(', ')}</code> : first.reason}
          </span>
          <span className="l2">
            {others.length > 0 &&
              `and ${counted(others.length, 'more answer')} that ${others.length === 1 ? 'does' : 'do'} not pass`}
          </span>
        </>
      );
    },
    text: ({ answers }) =>
      answers.map((answer) => `${answer.check ?? answer.question} ${answer.state}: ${seenWords(answer)}`).join('; '),
  },
  {
    id: 'place',
    name: 'Where',
    className: 'c-place',
    least: 760,
    cell: ({ environment, application, kind }) => (
      <>
        {kind === 'console' ? (
          <span className="quiet">the console</span>
        ) : (
          <EnvironmentMark environment={environment} />
        )}
        <span className="l2">{application}</span>
      </>
    ),
    text: ({ environment }) => environment,
  },
  {
    id: 'application',
    name: 'Application',
    className: '',
    cell: () => null,
    place: 'export',
    text: ({ application }) => application,
  },
  {
    id: 'since',
    name: 'Known since',
    className: 'c-when',
    cell: ({ since }) => (since === undefined ? <span className="quiet">not known</span> : <When moment={since} />),
    text: ({ since }) => since,
  },
];
