import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import {
  audit,
  checkCollections,
  checkExceptionRoom,
  checkMayCancel,
  checkScope,
  personBehind,
  type Writer,
  checkOtherPerson,
} from '#access/console/index.ts';
import { AppError, type Clock } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { HandlerInput } from '#http/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import type { decideCheckException, requestCheckException } from '../contract.ts';
import { limits } from '../limits.ts';
import { readAboutChecks } from './about-checks.ts';
import type { ExceptionRow } from './exceptions.ts';
import { checkExceptionsChanged } from './facts.ts';
import { complianceSchema } from './schema.ts';

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/** Milliseconds that an exception may last. */
const longest = 366 * 24 * 60 * 60_000;

/** Throws `AppError`: `bad-request`, `not-allowed`, `limit-reached`. */
export async function requestException(
  { store, clock }: Dependencies,
  wanted: HandlerInput<typeof requestCheckException>['body'],
  { principal, author }: Writer,
): Promise<ExceptionRow> {
  checkScope(principal, wanted.collections);
  const { check } = wanted;
  if (!(await readAboutChecks(store)).has(check))
    throw new AppError('bad-request', `check: there is no check ${check}.`);
  const requester = await personBehind(store, principal);
  return await store.transaction(async (transaction) => {
    await checkCollections(transaction, wanted.collections);
    const now = clock();
    checkEnd(new Date(wanted.expiresAt), now);
    await transaction.lock('compliance exceptions');
    await checkRoom(transaction, { requester, principal, now });
    const row = await transaction
      .query(complianceSchema)
      .insertInto('exception')
      .values({
        id: randomUUID(),
        check_id: check,
        named_values: JSON.stringify([...new Set(wanted.values)]),
        name: wanted.name ?? null,
        collections: wanted.collections === undefined ? null : [...wanted.collections],
        reason: wanted.reason,
        explanation: wanted.explanation,
        expires_at: new Date(wanted.expiresAt),
        state: 'requested',
        requested_by: JSON.stringify({ id: principal.id, name: principal.name }),
        requester: requester ?? null,
        requested_at: now,
        end_noted: false,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const detail = { ...wanted };
    await audit(transaction, { ...author, action: 'compliance-exception-requested', target: targetOf(row), detail });
    return row;
  });
}

interface Asking {
  readonly requester: string | undefined;
  readonly principal: Pick<Principal, 'id'>;
  readonly now: Date;
}

/** Exceptions are looked at for each subject, and those that wait are read by people. */
async function checkRoom(transaction: Transaction, { requester, principal, now }: Asking): Promise<void> {
  const isOwn = requester === undefined ? sql`requested_by->>'id' = ${principal.id}` : sql`requester = ${requester}`;
  const { open, waiting } = await transaction
    .query(complianceSchema)
    .selectFrom('exception')
    .select([
      sql<number>`count(*)::int`.as('open'),
      sql<number>`(count(*) filter (where state = 'requested' and ${isOwn}))::int`.as('waiting'),
    ])
    .where('state', 'in', ['requested', 'approved'])
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
  checkExceptionRoom(
    { open, waiting },
    { open: limits.openExceptions.value, waiting: limits.requestedExceptions.value },
  );
}

type Decided = HandlerInput<typeof decideCheckException>['body'] & { readonly id: string };

/** Throws `AppError`: `not-found`, `conflict`, `own-exception`, `bad-request`, `not-allowed`. */
export async function decideException(
  { store, clock }: Dependencies,
  { id, decision, note }: Decided,
  { principal, author }: Writer,
): Promise<ExceptionRow> {
  const approver = await personBehind(store, principal);
  return await store.transaction(async (transaction) => {
    const row = await lockException(transaction, id);
    const now = clock();
    checkScope(principal, row.collections ?? undefined);
    if (row.state !== 'requested') throw new AppError('conflict', `The exception is ${row.state} already.`);
    checkOtherPerson(row, { approver, id: principal.id });
    if (decision === 'approve') checkEnd(row.expires_at, now);
    const state = decision === 'approve' ? 'approved' : 'denied';
    const saved = await end(transaction, row, { state, note, by: principal, now });
    if (decision === 'approve') await transaction.announce(checkExceptionsChanged, { exception: id });
    const target = targetOf(row);
    await audit(transaction, { ...author, action: `compliance-exception-${state}`, target, detail: { note } });
    return saved;
  });
}

/** Throws `AppError`: `not-found`, `conflict`, `not-allowed`. */
export async function cancelException(
  { store, clock }: Dependencies,
  id: string,
  { principal, author }: Writer,
): Promise<ExceptionRow> {
  const person = await personBehind(store, principal);
  return await store.transaction(async (transaction) => {
    const row = await lockException(transaction, id);
    checkMayCancel(row, { principal, person });
    const saved = await end(transaction, row, { state: 'cancelled', note: row.note, by: principal, now: clock() });
    if (row.state === 'approved') await transaction.announce(checkExceptionsChanged, { exception: id });
    await audit(transaction, { ...author, action: 'compliance-exception-cancelled', target: targetOf(row) });
    return saved;
  });
}

async function lockException(transaction: Transaction, id: string): Promise<ExceptionRow> {
  const database = transaction.query(complianceSchema);
  const row = await database.selectFrom('exception').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (row === undefined) throw new AppError('not-found', 'There is no such exception.');
  return row;
}

interface End {
  readonly state: ExceptionRow['state'];
  readonly note: string | null;
  readonly by: { readonly id: string; readonly name: string };
  readonly now: Date;
}

async function end(transaction: Transaction, { id }: ExceptionRow, { state, note, by, now }: End) {
  return await transaction
    .query(complianceSchema)
    .updateTable('exception')
    .set({ state, note, decided_by: JSON.stringify({ id: by.id, name: by.name }), decided_at: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function checkEnd(expiresAt: Date, now: Date): void {
  if (expiresAt <= now) throw new AppError('bad-request', 'expiresAt: an exception must end in the future.');
  if (expiresAt.getTime() - now.getTime() > longest)
    throw new AppError('bad-request', 'expiresAt: an exception of a check ends within a year.', {
      next: 'Choose an earlier end. It can be asked for again when that comes near.',
    });
}

function targetOf({ id, check_id, named_values }: ExceptionRow) {
  return { kind: 'compliance-exception', id, name: `${check_id}: ${named_values.join(', ')}`.slice(0, 255) };
}
