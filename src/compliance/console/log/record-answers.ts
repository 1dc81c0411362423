import { sql } from 'kysely';
import { limits } from '../../limits.ts';
import { linesBetween, type Status } from '../../status.ts';
import type { Transaction } from '#store/index.ts';
import { addToHour, readHour, refusePace } from '../pace.ts';
import { complianceSchema, type ComplianceTables } from '../schema.ts';
import { readStates } from './read-statuses.ts';
import { statusId, type TransitionRow, writeStatuses, writeTransitions } from '../transitions.ts';

/** How one subject stands by answers of other domains, by the names of their answers: `answer/gate-refuses`. */
export interface SubjectAnswers {
  /** May be a kind that no check asks, such as `console`. */
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly application?: string | undefined;
  readonly environment?: string | undefined;
  readonly states: Status;
  /** Id of what was looked at, where it is kept. */
  readonly facts?: string | undefined;
}

/** All answers about a host's subjects at a moment. */
export interface AnswersOfHost {
  readonly host: string;
  readonly now: Date;
  /** Subjects that are not among them have ended. */
  readonly answers: readonly SubjectAnswers[];
}

type AnsweredRow = ComplianceTables['answered'];

/**
 * Writes down what became another since the last time, as it is for checks: a line for each first look, for each answer
 * that changed, and for each subject that is gone. Equal answers leave no trace. What goes beyond the pace of a host is
 * counted and not kept.
 */
export async function recordAnswers(transaction: Transaction, { host, now, answers }: AnswersOfHost): Promise<void> {
  await transaction.lock(`compliance answered ${host}`);
  const before = await readAnswered(transaction, host);
  const named = answers.map((one) => ({ ...one, status: statusId(one.states) }));
  const there = new Set(named.map(keyOf));
  const gone = [...before.values()].filter((row) => !there.has(keyOf(row)));
  const others = named.filter((one) => !isSame(before.get(keyOf(one)), one));
  if (gone.length + others.length === 0) return;
  const states = await readStates(transaction, new Set([...before.values()].map(({ status }) => status)));
  const rows = [
    ...gone.map((row) => rowOf({ host, now, subject: row }, { change: 'ended' })),
    ...others.flatMap((one) => {
      const known = before.get(keyOf(one));
      const changes = linesBetween(known && (states.get(known.status) ?? {}), one.states);
      return changes.map((change, at) => {
        const status = at === changes.length - 1 ? one.status : null;
        const context = { host, now, subject: one };
        if (change.kind === 'first') return rowOf(context, { change: 'first', checks: change.checks, status });
        const { check: check_id, from: from_state, to: to_state } = change;
        return rowOf(context, { change: 'changed', check_id, from_state, to_state, status });
      });
    }),
  ];
  await writeStatuses(transaction, new Map(others.map(({ status, states: all }) => [status, all])), now);
  await forget(transaction, host, gone);
  await keep(transaction, host, others);
  await writeWithin(transaction, { host, now }, rows);
}

function keyOf({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `${kind} ${id}`;
}

type Named = SubjectAnswers & { readonly status: string };

function isSame(row: AnsweredRow | undefined, { status, name, application, environment, facts }: Named): boolean {
  return (
    row !== undefined &&
    row.status === status &&
    row.name === name &&
    row.application === (application ?? null) &&
    row.environment === (environment ?? null) &&
    row.facts === (facts ?? null)
  );
}

async function readAnswered(transaction: Transaction, host: string): Promise<ReadonlyMap<string, AnsweredRow>> {
  const rows = await transaction
    .query(complianceSchema)
    .selectFrom('answered')
    .selectAll()
    .where('host', '=', host)
    .execute();
  return new Map(rows.map((row) => [keyOf(row), row]));
}

interface RowContext {
  readonly host: string;
  readonly now: Date;
  readonly subject: {
    readonly kind: string;
    readonly id: string;
    readonly name: string;
    readonly application?: string | null | undefined;
    readonly environment?: string | null | undefined;
    readonly facts?: string | null | undefined;
  };
}

type Written = Pick<TransitionRow, 'change'> &
  Partial<Pick<TransitionRow, 'check_id' | 'from_state' | 'to_state' | 'status' | 'checks'>>;

function rowOf({ host, now, subject }: RowContext, written: Written): TransitionRow {
  const { kind, id, name, application = null, environment = null, facts = null } = subject;
  const place = { host, kind, id, name, application, environment };
  const nothing = { check_id: null, from_state: null, to_state: null, status: null, checks: null, silent: false };
  const kept = written.change === 'ended' ? null : facts;
  return { observed_at: now, received_at: now, source: 'answers', ...place, ...nothing, ...written, facts: kept };
}

async function forget(transaction: Transaction, host: string, gone: readonly AnsweredRow[]): Promise<void> {
  if (gone.length === 0) return;
  await transaction
    .query(complianceSchema)
    .deleteFrom('answered')
    .where('host', '=', host)
    .where(sql<boolean>`kind || ' ' || id = any(${gone.map(keyOf)}::text[])`)
    .execute();
}

async function keep(transaction: Transaction, host: string, named: readonly Named[]): Promise<void> {
  const rows = named.map(({ kind, id, name, application, environment, status, facts }) => ({
    host,
    kind,
    id,
    name,
    application,
    environment,
    status,
    facts,
  }));
  await sql`
    insert into compliance.answered (host, kind, id, name, application, environment, status, facts)
    select host, kind, id, name, application, environment, status, facts
    from json_to_recordset(${JSON.stringify(rows)}::json) as made (host text, kind text, id text, name text,
      application text, environment text, status text, facts text)
    on conflict (host, kind, id) do update set name = excluded.name, application = excluded.application,
      environment = excluded.environment, status = excluded.status, facts = excluded.facts`.execute(
    transaction.query(complianceSchema),
  );
}

async function writeWithin(
  transaction: Transaction,
  { host, now }: Pick<AnswersOfHost, 'host' | 'now'>,
  rows: readonly TransitionRow[],
): Promise<void> {
  const { transitions } = await readHour(transaction, host, now);
  const room = Math.max(0, limits.hourlyTransitions.value - transitions);
  await writeTransitions(transaction, rows.slice(0, room));
  const left = Math.max(0, rows.length - room);
  await addToHour(transaction, { host, now }, { transitions: rows.length - left, left_transitions: left });
  if (left > 0) await refusePace(transaction, host, limits.hourlyTransitions);
}
