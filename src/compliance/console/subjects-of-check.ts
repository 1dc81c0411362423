import { type RawBuilder, sql } from 'kysely';
import { AppError, type Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { CheckStatus, CheckSubjectKind, listSubjectsOfCheck, StoredResult, SubjectOfCheck } from '../contract.ts';
import { exceptedSubjects } from './excepted-subjects.ts';
import { inPlace } from './judge-subjects.ts';
import { readListedChecks } from './list-checks.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';
import { silentSql } from './silent.ts';

/** Subjects that are read at once, and how often, where the caller may see few of them. */
const together = 500;
const mostReads = 20;
/** Texts of what was seen that a list shows. */
const mostSeen = 5;

interface Place {
  readonly afterHost: string;
  readonly afterId: string;
}

interface Asked {
  readonly view: View;
  readonly now: Date;
  readonly check: string;
  readonly status: CheckStatus;
  readonly after?: Place;
  readonly limit: number;
}

type Row = Pick<ComplianceTables['subject'], 'host' | 'kind' | 'id' | 'name' | 'facts' | 'since' | 'reported_at'> & {
  readonly body: StoredResult | null;
};

/** One page of the subjects that stand so; throws `not-found` for no check of this release. */
export async function subjectsOfCheck(
  queries: Queries,
  asked: Asked,
): Promise<Immutable<ReplyOf<typeof listSubjectsOfCheck>>> {
  const { view, status, limit } = asked;
  const kind = (await readListedChecks(queries)).find(({ id }) => id === asked.check)?.subject;
  if (kind === undefined) throw new AppError('not-found', `There is no check ${asked.check}.`);
  const excepted = await exceptedSubjects(queries, asked);
  const size = view === undefined ? limit + 1 : together;
  const found: SubjectOfCheck[] = [];
  let after = asked.after;
  for (let reads = 0; reads < mostReads; reads += 1) {
    const rows = await rowsAfter(queries, { ...asked, kind, excepted, ...(after && { after }), limit: size });
    for (const row of view === undefined ? rows : await inPlace(queries, rows, view)) {
      if (found.length === limit) return { subjects: found, next: placeOf(found.at(-1)) };
      found.push(subjectOf(row, status));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return { subjects: found };
    after = { afterHost: last.host, afterId: last.id };
  }
  return { subjects: found, ...(after && { next: after }) };
}

function placeOf(subject: SubjectOfCheck | undefined): Place {
  if (subject === undefined) throw new Error('a full page is empty');
  return { afterHost: subject.host, afterId: subject.id };
}

interface AskedRows extends Asked {
  readonly kind: CheckSubjectKind;
  readonly excepted: readonly Pick<Row, 'host' | 'id'>[];
}

async function rowsAfter(queries: Queries, asked: AskedRows): Promise<readonly Row[]> {
  const { kind, check, after = { afterHost: '', afterId: '' }, limit } = asked;
  const { rows } = await sql<Row>`
    select subject.host, subject.kind, subject.id, subject.name, subject.facts, subject.since, subject.reported_at,
      result.body
    from compliance.subject left join compliance.result on result.facts = subject.facts and result.check_id = ${check}
    where subject.kind = ${kind} and (subject.host, subject.id) > (${after.afterHost}, ${after.afterId})
      and ${statusIn(asked)}
    order by subject.host, subject.id limit ${limit}`.execute(queries.query(complianceSchema));
  return rows;
}

function statusIn({ status, now, excepted }: AskedRows): RawBuilder<boolean> {
  const silent = silentSql(now);
  const isExcepted = sql`(subject.host, subject.id) in (
    select host, id from json_to_recordset(${JSON.stringify(
      excepted.map(({ host, id }) => ({ host, id })),
    )}::json) as one (host text, id text))`;
  switch (status) {
    case 'silent':
      return silent;
    case 'unanswered':
      return sql`not ${silent} and result.state is null`;
    case 'excepted':
      return sql`not ${silent} and ${isExcepted}`;
    default:
      return sql`not ${silent} and result.state = ${status} and not ${isExcepted}`;
  }
}

function subjectOf(row: Row, status: CheckStatus): SubjectOfCheck {
  const { host, kind, id, name, since, reported_at, body } = row;
  const { seen = [], reason, foldedUnder } = body ?? {};
  return {
    host,
    kind,
    id,
    name,
    status,
    seen: seen.slice(0, mostSeen),
    seenInAll: seen.length,
    ...(reason !== undefined && { reason }),
    ...(foldedUnder !== undefined && { foldedUnder }),
    since: since.toISOString(),
    reportedAt: reported_at.toISOString(),
  };
}
