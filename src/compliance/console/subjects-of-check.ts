import { type RawBuilder, sql } from 'kysely';
import { AppError, type Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { CheckStatus, CheckSubjectKind, listSubjectsOfCheck, StoredResult, SubjectOfCheck } from '../contract.ts';
import { exceptedSubjects } from './excepted-subjects.ts';
import { inPlace } from './judge-subjects.ts';
import { readListedChecks } from './list-checks.ts';
import { readFailing, readResultsOf } from './results.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';
import { silentSql } from './silent.ts';
import { type UnreportedContainer, unreportedContainers } from './unreported.ts';

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

type Row = Pick<ComplianceTables['subject'], 'host' | 'kind' | 'id' | 'name' | 'facts' | 'since' | 'reported_at'>;

/** One page of the subjects that stand so; throws `not-found` for no check of this release. */
export async function subjectsOfCheck(
  queries: Queries,
  asked: Asked,
): Promise<Immutable<ReplyOf<typeof listSubjectsOfCheck>>> {
  const { view, limit } = asked;
  const kind = (await readListedChecks(queries)).find(({ id }) => id === asked.check)?.subject;
  if (kind === undefined) throw new AppError('not-found', `There is no check ${asked.check}.`);
  if (asked.status === 'unreported')
    return kind === 'container' ? await unreportedPage(queries, asked) : { subjects: [] };
  const excepted = await exceptedSubjects(queries, asked);
  const size = view === undefined ? limit + 1 : together;
  const found: Row[] = [];
  const page = async (next: Place | undefined) => ({
    subjects: await toSubjects(queries, found, asked),
    ...(next && { next }),
  });
  let after = asked.after;
  for (let reads = 0; reads < mostReads; reads += 1) {
    const rows = await rowsAfter(queries, { ...asked, kind, excepted, ...(after && { after }), limit: size });
    for (const row of view === undefined ? rows : await inPlace(queries, rows, view)) {
      if (found.length === limit) return await page(placeOf(found.at(-1)));
      found.push(row);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return await page(undefined);
    after = placeOf(last);
  }
  return await page(after);
}

/** Of containers without facts: all checks of containers stand alike. */
async function unreportedPage(queries: Queries, asked: Asked): Promise<Immutable<ReplyOf<typeof listSubjectsOfCheck>>> {
  const { after, limit } = asked;
  const all = (await unreportedContainers(queries, asked)).filter((one) => after === undefined || isAfter(one, after));
  const page = all.slice(0, limit);
  return {
    subjects: page.map(({ host, id, name, since, reason }) => {
      const subject = { host, kind: 'container', id, name, status: 'unreported' } as const;
      return { ...subject, seen: [], seenInAll: 0, reason, since: since.toISOString() };
    }),
    ...(page.length < all.length && { next: placeOf(page.at(-1)) }),
  };
}

function isAfter({ host, id }: UnreportedContainer, { afterHost, afterId }: Place): boolean {
  return host > afterHost || (host === afterHost && id > afterId);
}

function placeOf(subject: Pick<Row, 'host' | 'id'> | undefined): Place {
  if (subject === undefined) throw new Error('a full page is empty');
  return { afterHost: subject.host, afterId: subject.id };
}

interface AskedRows extends Asked {
  readonly kind: CheckSubjectKind;
  readonly excepted: readonly Pick<Row, 'host' | 'id'>[];
}

async function rowsAfter(queries: Queries, asked: AskedRows): Promise<readonly Row[]> {
  const { kind, after = { afterHost: '', afterId: '' }, limit } = asked;
  const { rows } = await sql<Row>`
    select subject.host, subject.kind, subject.id, subject.name, subject.facts, subject.since, subject.reported_at
    from compliance.subject join compliance.facts on facts.id = subject.facts
    where subject.kind = ${kind} and (subject.host, subject.id) > (${after.afterHost}, ${after.afterId})
      and ${statusIn(asked)}
    order by subject.host, subject.id limit ${limit}`.execute(queries.query(complianceSchema));
  return rows;
}

function statusIn({ check, status, now, excepted }: AskedRows): RawBuilder<boolean> {
  const silent = silentSql(now);
  const standing = sql`select id from compliance.outcome where states -> ${check}::text`;
  const isExcepted = sql`(subject.host, subject.id) in (
    select host, id from json_to_recordset(${JSON.stringify(
      excepted.map(({ host, id }) => ({ host, id })),
    )}::json) as one (host text, id text))`;
  switch (status) {
    case 'silent':
      return silent;
    case 'unanswered':
      return sql`not ${silent} and (facts.outcome is null or facts.outcome in (${standing} is null))`;
    case 'excepted':
      return sql`not ${silent} and ${isExcepted}`;
    default:
      return sql`not ${silent} and facts.outcome in (${standing} ->> 'state' = ${status}) and not ${isExcepted}`;
  }
}

async function toSubjects(
  queries: Queries,
  rows: readonly Row[],
  { check, status }: Asked,
): Promise<readonly SubjectOfCheck[]> {
  const facts = [...new Set(rows.map((row) => row.facts))];
  const answers = await (failingStatuses.has(status)
    ? failingOf(queries, check, facts)
    : answersOf(queries, check, facts));
  return rows.map((row) => subjectOf(row, status, answers.get(row.facts)));
}

/** What stands so is kept by itself: of all results of a page's subjects it would be megabytes. */
const failingStatuses: ReadonlySet<CheckStatus> = new Set(['fail', 'warn', 'excepted']);

type AnswersByFacts = ReadonlyMap<string, StoredResult | undefined>;

async function failingOf(queries: Queries, check: string, facts: readonly string[]): Promise<AnswersByFacts> {
  const rows = await readFailing(queries, { checks: [check], facts });
  return new Map(rows.map((row) => [row.facts, row.body]));
}

async function answersOf(queries: Queries, check: string, facts: readonly string[]): Promise<AnswersByFacts> {
  const results = await readResultsOf(queries, facts);
  return new Map([...results].map(([id, all]) => [id, all.find((one) => one.id === check)]));
}

function subjectOf(row: Row, status: CheckStatus, result: StoredResult | undefined): SubjectOfCheck {
  const { host, kind, id, name, since, reported_at } = row;
  const { seen = [], reason, foldedUnder } = result ?? {};
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
