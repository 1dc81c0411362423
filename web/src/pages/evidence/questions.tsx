import { Link, type LinkProps } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import type { CheckState } from '#compliance/contract.ts';
import type { QuestionSummary } from '#explorer/contract.ts';
import type { Column } from '../../ui/columns.ts';
import { count, counted } from '../../ui/format.ts';
import { PlainTable } from '../../ui/plain-table.tsx';
import { State } from '../../ui/state-mark.tsx';
import { stateMarks } from '../compliance/check-words.ts';
import type { ControlSearch, EvidenceScope } from './evidence-search.ts';
import { answerOrder, totalsOf } from './standing.ts';
import { SubjectBar } from './subject-bar.tsx';

const byWords: Readonly<Record<QuestionSummary['by'], string>> = {
  checks: 'Checks',
  product: 'What Seawall measures',
  attestation: 'A person, by a document',
  nothing: 'Nothing yet',
};

interface QuestionsProps {
  readonly questions: readonly QuestionSummary[];
  readonly search: ControlSearch;
}

/** What has to be so for every subject, what needs a person first; who answers it, and what would. */
export function Questions({ questions, search }: QuestionsProps): ReactNode {
  const required = questions.filter((one) => one.required).length;
  return (
    <section className="section flush questions" aria-labelledby="questions">
      <header>
        <h2 id="questions">Questions</h2>
        <span className="quiet small">
          {counted(questions.length, 'question')}
          {required < questions.length && `, of which ${count(required)} ${required === 1 ? 'is' : 'are'} required`}
        </span>
      </header>
      <PlainTable
        name="Questions"
        rows={questions.toSorted((left, right) => rankOf(left) - rankOf(right))}
        columns={columnsFor(search)}
        keyOf={({ id }) => id}
        stale={({ state, required: needed }) => needed && (state === 'not-assessed' || state === 'error')}
      />
    </section>
  );
}

function rankOf({ state, required }: QuestionSummary): number {
  return answerOrder.indexOf(state) * 2 + (required ? 0 : 1);
}

function columnsFor({ application, at, known, question: chosen }: ControlSearch): readonly Column<QuestionSummary>[] {
  return [
    {
      id: 'question',
      name: 'What has to be so',
      className: 'breakable',
      heads: 'row',
      cell: ({ id, text, required }) => (
        <>
          <Link
            className="l1 strong"
            to="."
            search={{ application, at, known, question: id } as never}
            hash="subjects"
            resetScroll={false}
            {...(chosen === id && { 'aria-current': 'true' as const })}
          >
            {text}
          </Link>
          {!required && (
            <span className="l2">Not required: without an answer to it the control is not incomplete.</span>
          )}
        </>
      ),
    },
    {
      id: 'state',
      name: 'Answer',
      className: 'c-answer',
      cell: ({ state }) => <State state={stateMarks[state].state}>{stateMarks[state].word}</State>,
    },
    {
      id: 'by',
      name: 'Answered by',
      className: 'c-by',
      cell: (question) => <AnsweredBy question={question} />,
    },
    {
      id: 'subjects',
      name: 'Subjects',
      className: 'c-of-question',
      cell: (question) => <OfQuestion question={question} scope={{ application, at, known }} />,
    },
  ];
}

interface OfQuestionProps {
  readonly question: QuestionSummary;
  readonly scope: EvidenceScope;
}

/** Subjects of a question by how they stand for it. */
function OfQuestion({ question: { id, subjects }, scope }: OfQuestionProps): ReactNode {
  const { assessed, applicable } = totalsOf(subjects);
  const linkTo = (state: CheckState): LinkProps => ({
    to: '.',
    search: { ...scope, question: id, state } as never,
    hash: 'subjects',
    resetScroll: false,
  });
  return <SubjectBar counts={subjects} covered={assessed === applicable} linkTo={linkTo} />;
}

function AnsweredBy({ question: { by, checks, reason } }: { readonly question: QuestionSummary }): ReactNode {
  return (
    <>
      <span className="l1 by-words">
        {by === 'attestation' ? <Link to="/compliance/attestations">{byWords[by]}</Link> : byWords[by]}
        {checks.length > 0 && ': '}
        <Checks ids={checks} />
      </span>
      {reason !== undefined && <span className="l2 why">{reason}</span>}
    </>
  );
}

/** Checks of a question that are named before a person asks for the rest. */
const fewChecks = 4;

function Checks({ ids }: { readonly ids: readonly string[] }): ReactNode {
  const links = (some: readonly string[]): ReactNode =>
    some.map((id, index) => (
      <Fragment key={id}>
        {index > 0 && ', '}
        <Link className="mono" to="/compliance/checks" search={{ check: id }}>
          {id}
        </Link>
      </Fragment>
    ));
  if (ids.length <= fewChecks + 1) return links(ids);
  return (
    <>
      {links(ids.slice(0, fewChecks))}
      <details className="more-checks">
        <summary>{ids.length - fewChecks} more</summary>
        {links(ids.slice(fewChecks))}
      </details>
    </>
  );
}
