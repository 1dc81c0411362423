import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type CheckStatus, type ListedCheck, listSubjectsOfCheck, type SubjectOfCheck } from '#compliance/contract.ts';
import { ask } from '../../api.ts';
import { useEnvironment } from '../../app/environment.ts';
import { Skeleton } from '../../ui/blank.tsx';
import { Failure } from '../../ui/failure.tsx';
import { count } from '../../ui/format.ts';
import { When } from '../../ui/marks.tsx';
import { OpenGroup } from './answers.tsx';
import { statusMarks } from './check-words.ts';
import { SubjectEvidence } from './subject-evidence.tsx';
import { subjectLink } from './subject-link.ts';

interface SubjectsProps {
  readonly check: ListedCheck;
  readonly status: CheckStatus;
}

/** Subjects of one check that stand in one way, page by page. */
export function CheckSubjects({ check, status }: SubjectsProps): ReactNode {
  const environment = useEnvironment();
  const params = { check: check.id };
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: [listSubjectsOfCheck.path, params, { status, environment }, 'rows'],
    initialPageParam: {},
    queryFn: ({ pageParam, signal }) =>
      ask(listSubjectsOfCheck, { params, query: { status, environment, ...pageParam } }, signal),
    getNextPageParam: ({ next }) => next,
  });
  const { meaning } = statusMarks[status];
  if (error !== null && data === undefined) return <Failure error={error} />;
  if (data === undefined) return <Skeleton width={220} />;
  return (
    <>
      {meaning !== '' && <p className="soft small">{meaning}</p>}
      <ul className="answers">
        {data.pages
          .flatMap(({ subjects }) => subjects)
          .map((subject) => (
            <Subject key={`${subject.host} ${subject.id}`} subject={subject} check={check} />
          ))}
      </ul>
      {hasNextPage && (
        <button type="button" className="btn" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </button>
      )}
    </>
  );
}

interface SubjectProps {
  readonly subject: SubjectOfCheck;
  readonly check: ListedCheck;
}

function Subject({ subject, check }: SubjectProps): ReactNode {
  const { host, kind, name, seen, seenInAll, reason, foldedUnder, since, reportedAt, status } = subject;
  const link = subjectLink(subject);
  const more = seenInAll - seen.length;
  return (
    <li>
      <p className="breakable">
        {link === undefined ? <span className="strong">{name}</span> : <Link {...link}>{name}</Link>}{' '}
        {kind !== 'host' && kind !== 'image' && <span className="quiet small">on {host}</span>}
      </p>
      {seen.length > 0 && (
        <p className="small breakable">
          <span className="soft">Seen: </span>
          <code>{seen.join(', ')}</code>
          {more > 0 && ` and ${count(more)} more`}
        </p>
      )}
      {reason !== undefined && <p className="small breakable">{reason}</p>}
      {foldedUnder !== undefined && (
        <p className="small soft">
          Because of <span className="mono">{foldedUnder}</span>, with which it is counted.
        </p>
      )}
      <p className="quiet small">
        {sinceWords[status] ?? 'Unchanged since it was reported '}
        <When moment={status === 'silent' ? (reportedAt ?? since) : since} />
      </p>
      {status !== 'unreported' && (
        <OpenGroup name="Evidence" of={name} shown={status !== 'unanswered'}>
          <SubjectEvidence subject={subject} check={check} />
        </OpenGroup>
      )}
    </li>
  );
}

/** Before the moment, where it is not one of an unchanged report. */
const sinceWords: Readonly<Partial<Record<CheckStatus, string>>> = {
  silent: 'Last reported ',
  unreported: 'Runs without a report since ',
};
