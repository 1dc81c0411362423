import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { CheckSubjectKind, listChecks, type ListedCheck } from '#compliance/contract.ts';
import {
  type EvidenceAnswer,
  type QuestionSummary,
  listSubjectsOfControl,
  type SubjectOfControl,
} from '#explorer/contract.ts';
import { reading } from '../../api.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { EnvironmentMark } from '../../ui/environment-mark.tsx';
import { Failure } from '../../ui/failure.tsx';
import { counted } from '../../ui/format.ts';
import { Minute, Moment } from '../../ui/marks.tsx';
import { SeverityMark } from '../../ui/severity.tsx';
import { State, StateGlyph } from '../../ui/state-mark.tsx';
import { OpenGroup } from '../compliance/answers.tsx';
import { askerOf, remediesFor, stateMarks } from '../compliance/check-words.ts';
import { RemedyLine } from '../compliance/evidence.tsx';
import { SubjectEvidence } from '../compliance/subject-evidence.tsx';
import { subjectLink } from '../compliance/subject-link.ts';
import type { askedOf } from './evidence-search.ts';
import { RecordButton } from './save-evidence.tsx';
import { answersOf } from './standing.ts';
import { kindWords, type SubjectKey } from './subject-key.ts';
import '../compliance/compliance.css';

interface DetailProps {
  readonly params: { readonly template: string; readonly control: string };
  readonly asked: ReturnType<typeof askedOf>;
  readonly subject: SubjectKey;
  readonly questions: readonly QuestionSummary[];
}

/** One subject of a control: each answer that does not pass, what was seen, what to change, and the evidence. */
export function SubjectDetail({ params, asked, subject: { host, kind, id }, questions }: DetailProps): ReactNode {
  const query = { ...asked, host, kind, id, limit: 200 };
  const { data, error } = useQuery(reading(listSubjectsOfControl, { params, query }));
  const checks = useQuery({ ...reading(listChecks), staleTime: Infinity });
  const failed = error ?? checks.error;
  if (failed !== null && (data === undefined || checks.data === undefined)) return <Failure error={failed} />;
  // With the checks: nothing moves once it is shown.
  if (data === undefined || checks.data === undefined)
    return (
      <div className="d-head" aria-busy="true">
        <Skeleton width={220} />
      </div>
    );
  const found = data.subjects.find((one) => one.kind === kind && one.id === id && one.host === host);
  if (found === undefined)
    return (
      <div className="d-head">
        <h2>It is not a subject of this control</h2>
        <p className="soft">
          {kindWords[kind]} {id} on {host} is gone, or is in another environment or application than the page shows.
        </p>
      </div>
    );
  const when = asked.at === undefined ? 'now' : 'past';
  return <Found params={params} subject={found} questions={questions} checks={checks.data.checks} when={when} />;
}

interface FoundProps {
  readonly params: DetailProps['params'];
  readonly subject: SubjectOfControl;
  readonly questions: readonly QuestionSummary[];
  readonly checks: readonly ListedCheck[];
  /** Of a day that has ended, documents and single answers are not kept by themselves. */
  readonly when: 'now' | 'past';
}

function Found({ params, subject, questions, checks, when }: FoundProps): ReactNode {
  const { open, notApplicable } = answersOf(subject);
  return (
    <>
      <Head subject={subject} when={when} />
      <section className="d-sec compliance" aria-label="Answers that do not pass">
        <h3>{open.length === 0 ? 'Nothing to change' : 'What does not pass'}</h3>
        {open.length === 0 && <p className="soft small">Each question of this control that applies to it passes.</p>}
        {when === 'past' && (
          <p className="soft small">
            The evidence package of this day holds the log that proves it, and the documents that are still kept.
          </p>
        )}
        <ul className="answers">
          {open.map((answer) => (
            <Answer
              key={`${answer.question} ${answer.check ?? ''}`}
              params={params}
              answer={answer}
              subject={subject}
              question={questions.find(({ id }) => id === answer.question)}
              check={checks.find(({ id }) => id === answer.check)}
              when={when}
            />
          ))}
        </ul>
        <OpenGroup
          name={counted(notApplicable.length, 'check does not apply', 'checks do not apply')}
          shown={notApplicable.length > 0}
        >
          <ul className="small">
            {notApplicable.map(({ question, check, reason }) => (
              <li key={`${question} ${check ?? ''}`} className="breakable">
                <span className="mono">{check ?? question}</span> {reason}
              </li>
            ))}
          </ul>
        </OpenGroup>
      </section>
    </>
  );
}

function Head({ subject, when }: Pick<FoundProps, 'subject' | 'when'>): ReactNode {
  const { name, kind, host, environment, application, state, since } = subject;
  const link = subjectLink(subject);
  return (
    <div className="d-head check-head">
      <div className="d-title">
        <h2 className="breakable">{link === undefined ? name : <Link {...link}>{name}</Link>}</h2>
      </div>
      <p className="answer-marks">
        <State state={stateMarks[state].state}>{stateMarks[state].word}</State>
        <span className="quiet">
          {kindWords[kind]}
          {kind !== 'host' && host !== '' && host !== '-' && ` on ${host}`}
        </span>
        {kind !== 'console' && <EnvironmentMark environment={environment} />}
        {application !== undefined && <span className="quiet">{application}</span>}
      </p>
      <p className="soft small">
        {answersOf(subject).words}.{' '}
        {since !== undefined && (
          <>
            It {when === 'past' ? 'stood' : 'stands'} so since <Minute moment={since} />.
          </>
        )}
      </p>
    </div>
  );
}

interface AnswerProps {
  readonly params: DetailProps['params'];
  readonly answer: EvidenceAnswer;
  readonly subject: SubjectOfControl;
  readonly question: QuestionSummary | undefined;
  /** Missing: another part of the product answered, or another release asked. */
  readonly check: ListedCheck | undefined;
  readonly when: FoundProps['when'];
}

function Answer({ params, answer, subject, question, check, when }: AnswerProps): ReactNode {
  const mark = stateMarks[answer.state];
  const kind = CheckSubjectKind.options.find((one) => one === subject.kind);
  return (
    <li>
      <p className="breakable answer-title">
        <StateGlyph state={mark.state} />
        <span className="sr">{mark.word}: </span>
        <span className="strong">{check?.title ?? question?.text ?? answer.question}</span>{' '}
        {answer.check !== undefined && (
          <Link className="quiet mono" to="/compliance/checks" search={{ check: answer.check }}>
            {answer.check}
          </Link>
        )}
      </p>
      <p className="answer-marks">
        {check !== undefined && <SeverityMark severity={check.severity} />}
        {check !== undefined && question !== undefined && (
          <span className="quiet small">asked by: {question.text}</span>
        )}
        {answer.until !== undefined && (
          <span className="quiet small">
            excepted until <Moment moment={answer.until} />
          </span>
        )}
      </p>
      {answer.seen.length > 0 && (
        <p className="small breakable">
          <span className="soft">Seen: </span>
          <code>{answer.seen.join(', ')}</code>
        </p>
      )}
      {answer.reason !== undefined && <p className="small breakable">{answer.reason}</p>}
      {check !== undefined &&
        answer.state !== 'excepted' &&
        kind !== undefined &&
        remediesFor(check.remedy, askerOf[kind])
          .slice(0, 1)
          .map(([who, what]) => <RemedyLine key={who} who={who} what={what} />)}
      {when === 'now' && check !== undefined && kind !== undefined && (
        <OpenGroup name="Evidence" of={check.id} shown>
          <SubjectEvidence subject={{ ...subject, kind }} check={check} />
        </OpenGroup>
      )}
      {when === 'now' && <RecordButton params={params} subject={subject} answer={answer} />}
    </li>
  );
}
