import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '#store/index.ts';
import type { CheckState, CheckSubjectKind, StoredResult } from '../contract.ts';
import { silentReason, silentSince } from '../lease.ts';
import { readExceptionWords } from './exception-words.ts';
import { readResultsOf } from './results.ts';
import { complianceSchema } from './schema.ts';

/** A subject of checks as it was written down last. */
export interface StandingSubject {
  readonly host: string;
  readonly kind: CheckSubjectKind;
  readonly id: string;
  readonly name: string;
  /** Id of how its checks stand; missing: they were not evaluated yet. */
  readonly status?: string;
  readonly facts: string;
  /** When its host reported these facts first and last, and when they were evaluated. */
  readonly since: Date;
  readonly reportedAt: Date;
  readonly evaluatedAt?: Date;
  /** Since when nobody knows how it stands; missing: what was reported holds. */
  readonly silentSince?: Date;
}

/** Subjects of checks, and how checks stand by the ids of that. */
export interface Statuses {
  readonly subjects: readonly StandingSubject[];
  readonly statuses: ReadonlyMap<string, Readonly<Record<string, CheckState>>>;
}

/** How subjects of checks of these hosts stand (`-` for images): exceptions and time are looked at. */
export async function readStandingSubjects(
  queries: Queries,
  { hosts, now }: { readonly hosts: readonly string[]; readonly now: Date },
): Promise<Statuses> {
  return await readStanding(queries, now, sql`subject.host = any(${hosts}::text[])`);
}

async function readStanding(queries: Queries, now: Date, wanted: RawBuilder<unknown>): Promise<Statuses> {
  const database = queries.query(complianceSchema);
  const { rows } = await sql<StandingRow>`
    select subject.host, subject.kind, subject.id, subject.name, stands.status, subject.facts, subject.since,
      subject.reported_at as "reportedAt", facts.evaluated_at as "evaluatedAt"
    from compliance.subject join compliance.facts on facts.id = subject.facts
    left join compliance.stands
      on stands.host = subject.host and stands.kind = subject.kind and stands.id = subject.id
    where ${wanted} order by subject.host, subject.kind, subject.id`.execute(database);
  const ids = [...new Set(rows.flatMap(({ status }) => status ?? []))];
  const found = await database
    .selectFrom('status')
    .selectAll()
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
  return {
    subjects: rows.map((row) => standingOf(row, now)),
    statuses: new Map(
      found.map(({ id, states }) => [
        id,
        Object.fromEntries(Object.entries(states).map(([check, { state }]) => [check, state])),
      ]),
    ),
  };
}

function standingOf({ status, evaluatedAt, ...subject }: StandingRow, now: Date): StandingSubject {
  const silent = silentSince(subject.kind, subject.reportedAt, now);
  return {
    ...subject,
    ...(status !== null && { status }),
    ...(evaluatedAt !== null && { evaluatedAt }),
    ...(silent !== undefined && { silentSince: silent }),
  };
}

interface StandingRow extends Omit<StandingSubject, 'status' | 'evaluatedAt'> {
  readonly status: string | null;
  readonly evaluatedAt: Date | null;
}

/** What one check says of a subject. */
export interface CheckAnswer extends Pick<StoredResult, 'seen' | 'reason'> {
  readonly check: string;
  readonly state: CheckState;
  readonly until?: string;
}

type Key = Pick<StandingSubject, 'host' | 'kind' | 'id'>;

/** What checks say of these subjects, with what was seen, by `host kind id`; of a silent one since when. */
export async function readCheckAnswers(
  queries: Queries,
  { subjects, now }: { readonly subjects: readonly Key[]; readonly now: Date },
): Promise<ReadonlyMap<string, readonly CheckAnswer[]>> {
  const keys = JSON.stringify(subjects.map(({ host, kind, id }) => ({ host, kind, id })));
  const { subjects: standing, statuses } = await readStanding(
    queries,
    now,
    sql`(subject.host, subject.kind, subject.id) in (
      select host, kind, id from json_to_recordset(${keys}::json) as asked (host text, kind text, id text))`,
  );
  const results = await readResultsOf(
    queries,
    standing.map(({ facts }) => facts),
  );
  const excepted = standing.filter(({ status = '' }) => Object.values(statuses.get(status) ?? {}).includes('excepted'));
  const exceptionOf = await readExceptionWords(queries, excepted, now);
  return new Map(
    standing.map((one) => {
      const own = new Map((results.get(one.facts) ?? []).map((result) => [result.id, result]));
      const states = Object.entries(statuses.get(one.status ?? '') ?? {});
      const { silentSince: silent } = one;
      return [
        keyOf(one),
        states.map(([check, state]) => {
          if (silent !== undefined) return { check, state: 'not-assessed', seen: [], reason: silentReason(silent) };
          const result = own.get(check);
          const { seen = [], reason } = result ?? {};
          const words = state === 'excepted' && result !== undefined ? exceptionOf(one, result) : undefined;
          return { check, state, seen, ...(reason !== undefined && { reason }), ...words };
        }),
      ];
    }),
  );
}

function keyOf({ host, kind, id }: Key): string {
  return `${host} ${kind} ${id}`;
}
