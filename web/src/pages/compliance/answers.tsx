import { type ReactNode, useState } from 'react';
import { otherwiseWords } from '#compliance/contract.ts';
import { count, counted } from '../../ui/format.ts';
import { SeverityMark, severityWords } from '../../ui/severity.tsx';
import { StateGlyph } from '../../ui/state-mark.tsx';
import { isWrong, remediesFor, stateMarks } from './check-words.ts';
import { Evidence, type Opened, RemedyLine } from './evidence.tsx';
import { type Failure, type AnsweredCheck, type ReasonGroup, worstOf } from './status.ts';

interface GroupProps {
  readonly name: string;
  readonly shown: boolean;
  readonly children: ReactNode;
  /** What it belongs to, for those who do not see its place. */
  readonly of?: string;
}

/** A group that is made only when a person opens it: a host has hundreds of answers. */
export function OpenGroup({ name, shown, of, children }: GroupProps): ReactNode {
  const [open, setOpen] = useState(false);
  if (!shown) return null;
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        {name}
        {of !== undefined && <span className="sr"> of {of}</span>}
      </summary>
      {open && children}
    </details>
  );
}

/** Failures with what to change, and what each of them explains. */
export function FailureList({ failures, opened }: ListProps<'failures', Failure>): ReactNode {
  return (
    <ul className="answers">
      {failures.map((failure) => (
        <Answer key={failure.id} judged={failure} opened={opened}>
          <OpenGroup name={foldedWords(failure.folded)} of={failure.id} shown={failure.folded.length > 0}>
            <JudgedList answers={failure.folded} opened={opened} />
          </OpenGroup>
        </Answer>
      ))}
    </ul>
  );
}

function foldedWords(folded: readonly AnsweredCheck[]): string {
  const worst = worstOf(folded);
  return `${counted(folded.length, 'more fails', 'more fail')} because of it${
    worst === undefined ? '' : `, the worst ${severityWords[worst]}`
  }`;
}

/** Answers, each with its evidence. */
export function JudgedList({ answers, opened }: ListProps<'answers', AnsweredCheck>): ReactNode {
  return (
    <ul className="answers">
      {answers.map((judged) => (
        <Answer key={judged.id} judged={judged} opened={opened} />
      ))}
    </ul>
  );
}

/** Why checks could not answer, each reason with its checks. */
export function ReasonGroups({ groups, opened }: ListProps<'groups', ReasonGroup>): ReactNode {
  return (
    <ul className="answers">
      {groups.map(({ reason, answers }) => (
        <li key={reason}>
          <p className="breakable">{reason}</p>
          <OpenGroup name={counted(answers.length, 'check')} of={reason} shown>
            <JudgedList answers={answers} opened={opened} />
          </OpenGroup>
        </li>
      ))}
    </ul>
  );
}

type ListProps<Name extends string, Item> = { readonly [Key in Name]: readonly Item[] } & { readonly opened: Opened };

interface AnswerProps {
  readonly judged: AnsweredCheck;
  readonly opened: Opened;
  readonly children?: ReactNode;
}

function Answer({ judged, opened, children }: AnswerProps): ReactNode {
  const { id, check, result } = judged;
  const mark = stateMarks[result.state];
  const contradiction = otherwiseWords(result);
  const [first] = isWrong(result) && check !== undefined ? remediesFor(check.remedy, opened.asker) : [];
  return (
    <li>
      <p className="breakable answer-title">
        <StateGlyph state={mark.state} />
        <span className="sr">{mark.word}: </span>
        <span className="strong">{check?.title ?? 'A check of another release'}</span>{' '}
        <span className="quiet mono">{id}</span>
      </p>
      <p className="answer-marks">
        {check !== undefined && <SeverityMark severity={check.severity} />}
        {result.inherited !== undefined && <Inherited result={result} base={opened.subject.base} />}
        {contradiction !== undefined && <span className="mark dashed">{contradiction}</span>}
      </p>
      {result.seen !== undefined && result.seen.length > 0 && <Seen seen={result.seen} of={id} />}
      {first !== undefined && <RemedyLine who={first[0]} what={first[1]} />}
      {children}
      <OpenGroup name="Evidence" of={id} shown>
        <Evidence judged={judged} opened={opened} />
      </OpenGroup>
    </li>
  );
}

/** What of it comes from the image that this one is built on: it is changed there. */
function Inherited({
  result,
  base,
}: {
  readonly result: AnsweredCheck['result'];
  readonly base: Opened['subject']['base'];
}): ReactNode {
  const { inherited = [], values = [] } = result;
  const part = inherited.length < values.length ? `${count(inherited.length)} of ${count(values.length)} ` : '';
  return <span className="mark dashed">{`${part}from ${base?.name ?? 'its base'}`}</span>;
}

/** Texts of what was seen that are shown before a person asks for the rest. */
const mostSeen = 5;

function Seen({ seen, of }: { readonly seen: readonly string[]; readonly of: string }): ReactNode {
  const rest = seen.slice(mostSeen);
  return (
    <>
      <p className="small breakable">
        <span className="soft">Seen: </span>
        <code>{seen.slice(0, mostSeen).join(', ')}</code>
      </p>
      <OpenGroup name={`${count(rest.length)} more seen`} of={of} shown={rest.length > 0}>
        <p className="small breakable">
          <code>{rest.join(', ')}</code>
        </p>
      </OpenGroup>
    </>
  );
}
