import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type CustomCheckText, tryCustomCheck } from '#compliance/contract.ts';
import { ask } from '../../api.ts';
import { Failure } from '../../ui/failure.tsx';
import { count, counted } from '../../ui/format.ts';
import { State } from '../../ui/state-mark.tsx';
import { mutable, useSettled } from '../policy/use-replay.ts';
import { stateMarks } from './check-words.ts';
import { expressionProblem, triable, triedWords, type TriedReply } from './custom-words.ts';

/** Subjects that the form lists. */
const mostExamples = 8;

interface CustomTrialState {
  readonly reply: TriedReply | undefined;
  /** Whether the answer is for what is written now. */
  readonly isCurrent: boolean;
  /** Of the expression, with its place. */
  readonly problem: string | undefined;
  /** Another one than of the expression. */
  readonly error: unknown;
}

/** What a check says of everything that is reported now, as it was written a moment ago. */
export function useTrial({ subject, expression = '' }: CustomCheckText, mayWrite: boolean): CustomTrialState {
  const written = JSON.stringify({ subject, expression });
  const settled = useSettled(written);
  const { subject: tried, expression: triedText } = JSON.parse(settled) as Parameters<typeof triable>[0];
  const query = useQuery({
    queryKey: [tryCustomCheck.path, settled],
    queryFn: ({ signal }) =>
      ask(tryCustomCheck, { body: { check: mutable(triable({ subject: tried, expression: triedText })) } }, signal),
    enabled: mayWrite && triedText.trim() !== '',
    placeholderData: keepPreviousData,
    retry: false,
  });
  const isCurrent = written === settled && !query.isFetching && !query.isPlaceholderData;
  const problem = written === settled ? expressionProblem(query.error) : undefined;
  return {
    reply: query.error === null ? query.data : undefined,
    isCurrent,
    problem,
    error: problem === undefined ? query.error : null,
  };
}

/** Whether what is written now was tried. */
export function isTried({ reply, isCurrent }: CustomTrialState): boolean {
  return reply !== undefined && isCurrent;
}

/** The answer, what needs a look first. */
export function CustomTrial({ trial: { reply, error } }: { readonly trial: CustomTrialState }): ReactNode {
  return (
    <section className="replay" aria-live="polite">
      <h2>Tried on what is reported now</h2>
      {error !== null && <Failure error={error} />}
      {reply === undefined ? (
        <p className="small quiet">An expression that can be read is tried as it is written. Nothing is saved.</p>
      ) : (
        <Answer reply={reply} />
      )}
    </section>
  );
}

function Answer({ reply }: { readonly reply: TriedReply }): ReactNode {
  const { subjects, left, examples } = reply;
  return (
    <>
      <p>
        {subjects === 0
          ? 'Nothing of this kind is reported, so it was tried on nothing.'
          : `${counted(subjects, 'subject')}: ${triedWords(reply)}.`}
        {left > 0 && ` ${count(left)} more were not looked at.`}
      </p>
      <ul className="small soft">
        {examples.slice(0, mostExamples).map(({ host, kind, id, name, state, seen = [], reason }) => (
          <li key={`${host} ${kind} ${id}`} className="breakable">
            <State state={stateMarks[state].state}>{stateMarks[state].word}</State> <b>{name}</b>{' '}
            <span className="quiet">on {host}</span>
            {seen.length > 0 && `: ${seen.join(', ')}`}
            {reason !== undefined && `: ${reason}`}
          </li>
        ))}
      </ul>
      {examples.length > mostExamples && (
        <p className="small quiet">and {counted(subjects - mostExamples, 'more', 'more')}.</p>
      )}
    </>
  );
}
