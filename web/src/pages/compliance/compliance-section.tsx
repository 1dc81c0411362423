import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useId, useMemo } from 'react';
import {
  type CheckSubjectKind,
  getCompliance,
  listChecks,
  type ListedCheck,
  type RemedyFor,
} from '#compliance/contract.ts';
import type { ReplyOf } from '#http/index.ts';
import { listHosts } from '#inventory/contract.ts';
import { reading } from '../../api.ts';
import { ErrorState, Skeleton } from '../../ui/blank.tsx';
import { count, counted } from '../../ui/format.ts';
import { Minute, When } from '../../ui/marks.tsx';
import { State } from '../../ui/state-mark.tsx';
import { FailureList, JudgedList, OpenGroup, ReasonGroups } from './answers.tsx';
import { headlineOf, notReported } from './check-words.ts';
import type { Opened } from './evidence.tsx';
import { answersIn, type Status, statusOf } from './status.ts';
import { WhatChanged } from './what-changed.tsx';
import './compliance.css';

export interface ComplianceProps {
  /** Its heading; a page may have more than one. */
  readonly title: string;
  readonly host: string;
  readonly kind: CheckSubjectKind;
  readonly id: string;
  /** Whose words tell what to change. */
  readonly asker: RemedyFor;
  /** Whether the host can see the subject now; one that ended is not reported. */
  readonly isRunning: boolean;
}

/** What was reported of a subject. */
type Reported = Omit<ReplyOf<typeof getCompliance>, 'subject'> & Pick<Opened, 'subject'>;

/** How checks stand for one subject: what is unknown, what fails and how to change it, and the evidence of each answer. */
export function ComplianceSection({ title, host, kind, id, asker, isRunning }: ComplianceProps): ReactNode {
  const heading = useId();
  const answers = useQuery(reading(getCompliance, { params: { host, kind, id } }));
  const catalogue = useQuery({ ...reading(listChecks), staleTime: Infinity });
  const error = answers.error ?? catalogue.error;
  const checks = useMemo(
    () => catalogue.data?.checks.filter(({ subject }) => subject === kind),
    [catalogue.data, kind],
  );
  return (
    <section className="d-sec compliance" aria-labelledby={heading}>
      <h3 id={heading}>{title}</h3>
      {error !== null ? (
        <ErrorState error={error} retry={() => void Promise.all([answers.refetch(), catalogue.refetch()])} />
      ) : answers.data === undefined || checks === undefined ? (
        <Skeleton width={220} />
      ) : answers.data.subject === undefined ? (
        <NotReported kind={kind} isRunning={isRunning} reason={answers.data.unreported?.reason} />
      ) : (
        <Answers
          compliance={{ ...answers.data, subject: answers.data.subject }}
          checks={checks}
          asker={asker}
          isRunning={isRunning}
        />
      )}
    </section>
  );
}

interface NotReportedProps extends Pick<ComplianceProps, 'kind' | 'isRunning'> {
  /** What the console says of a container that runs; missing: it knows of none. */
  readonly reason: string | undefined;
}

function NotReported({ kind, isRunning, reason }: NotReportedProps): ReactNode {
  const { why, next } = notReported(kind, isRunning);
  return <Unknown word="Not reported">{reason ?? `${why} ${next}`}</Unknown>;
}

/** Hatched, with the reason and the next step. */
function Unknown({ word, children }: { readonly word: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="hatch-row unknown-box">
      <State state="unknown">{word}</State>
      <div className="soft small">{children}</div>
    </div>
  );
}

interface AnswersProps extends Pick<ComplianceProps, 'asker' | 'isRunning'> {
  readonly compliance: Reported;
  readonly checks: readonly ListedCheck[];
}

function Answers({ compliance, checks, asker, isRunning }: AnswersProps): ReactNode {
  const { subject, documents, results } = compliance;
  const status = useMemo(() => results && statusOf(results, checks), [results, checks]);
  const opened: Opened = { subject, documents, asker };
  return (
    <>
      <Away host={subject.host} reportedAt={subject.reportedAt} />
      {subject.refusedSince !== undefined && (
        <Unknown word="Incomplete">
          Its host says something else of it since <When moment={subject.refusedSince} />, and reports more that is new
          than the console keeps within an hour. All below is as it was before. See the incident of the host.
        </Unknown>
      )}
      {subject.kind === 'container' && isRunning && documents.every(({ kind }) => kind !== 'effective') && (
        <Unknown word="Not known in effect">
          Its host reported how it is configured, and not what is in effect in its processes. See whether its agent may
          read processes of the host.
        </Unknown>
      )}
      {status === undefined ? (
        <Unknown word="Not evaluated yet">
          Its facts were reported <When moment={subject.since} /> and wait to be evaluated, which takes seconds. If it
          stays so, see <Link to="/system">how the console stands</Link>.
        </Unknown>
      ) : (
        <Statuses status={status} opened={opened} />
      )}
      <WhatChanged subject={subject} />
      <p className="quiet small">
        {documents.length === 0 ? 'No facts' : 'Facts unchanged'} since <Minute moment={subject.since} />, last reported{' '}
        <When moment={subject.reportedAt} />.
      </p>
    </>
  );
}

/** What an agent that is away said last may be another by now. */
function Away({ host, reportedAt }: { readonly host: string; readonly reportedAt: string }): ReactNode {
  const { data } = useQuery(reading(listHosts));
  if (data?.hosts.find(({ name }) => name === host)?.stale !== true) return null;
  return (
    <Unknown word="Not known now">
      The agent of {host} is away. All below is as it was reported <When moment={reportedAt} />. See whether the agent
      runs: <Link to="/agents">agents</Link>.
    </Unknown>
  );
}

interface StatusesProps {
  readonly status: Status;
  readonly opened: Opened;
}

function Statuses({ status, opened }: StatusesProps): ReactNode {
  const { unanswered, errors, failures, warnings, notAssessed } = status;
  const { state, word, sentence } = headlineOf(status);
  return (
    <>
      <div role="status" className="compliance-head">
        <State state={state}>{word}</State>
        <p className="soft small">{sentence}</p>
      </div>
      {unanswered.length > 0 && (
        <Unknown word={`${counted(unanswered.length, 'check')} not evaluated`}>
          This release asks {unanswered.length === 1 ? 'it' : 'them'}, and the facts were evaluated by another. The
          console evaluates them again within an hour.
          <OpenGroup name={counted(unanswered.length, 'check')} of="this release" shown>
            {unanswered.map(({ id }) => id).join(', ')}
          </OpenGroup>
        </Unknown>
      )}
      {errors.length > 0 && (
        <div className="hatch-row unknown-box">
          <State state="unknown">{counted(answersIn(errors), 'check')} in error</State>
          <p className="soft small">The facts have a form that the check does not know. Upgrade agent and console.</p>
          <ReasonGroups groups={errors} opened={opened} />
        </div>
      )}
      {failures.length > 0 && (
        <>
          <h4>Fail {count(failures.length)}</h4>
          <FailureList failures={failures} opened={opened} />
        </>
      )}
      {warnings.length > 0 && (
        <>
          <h4>Warn {count(warnings.length)}</h4>
          <JudgedList answers={warnings} opened={opened} />
        </>
      )}
      {notAssessed.length > 0 && (
        <div className="hatch-row unknown-box">
          <h4>Not assessed {count(answersIn(notAssessed))}</h4>
          <ReasonGroups groups={notAssessed} opened={opened} />
        </div>
      )}
      <Settled status={status} opened={opened} />
    </>
  );
}

/** What nobody has to do anything about now, each group made when it is opened. */
function Settled({ status: { excepted, passed, notApplicable }, opened }: StatusesProps): ReactNode {
  return (
    <>
      <OpenGroup
        name={counted(excepted.length, 'check is excepted', 'checks are excepted')}
        shown={excepted.length > 0}
      >
        <JudgedList answers={excepted} opened={opened} />
      </OpenGroup>
      <OpenGroup name={counted(passed.length, 'check passes', 'checks pass')} shown={passed.length > 0}>
        <JudgedList answers={passed} opened={opened} />
      </OpenGroup>
      <OpenGroup
        name={`${counted(answersIn(notApplicable), 'check does', 'checks do')} not apply`}
        shown={notApplicable.length > 0}
      >
        <ReasonGroups groups={notApplicable} opened={opened} />
      </OpenGroup>
    </>
  );
}
