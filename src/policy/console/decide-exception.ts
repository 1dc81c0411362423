import { sql } from 'kysely';
import { AppError } from '#base/index.ts';
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
import type { Transaction } from '#store/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { Exception } from '../contract.ts';
import { limits } from '../limits.ts';
import { type ExceptionRow, type StoredException, toException } from './exceptions.ts';
import { exceptionsChanged } from './facts.ts';
import type { Dependencies } from './dependencies.ts';

import { policySchema } from './schema.ts';
import { componentKey } from './stored-facts.ts';

export type WantedException = Pick<
  Exception,
  'advisory' | 'package' | 'collections' | 'reason' | 'explanation' | 'expiresAt'
>;

/** Throws `AppError`: `bad-request`, `not-allowed`, `limit-reached`. */
export async function requestException(
  { store, clock, newId }: Dependencies,
  wanted: WantedException,
  { principal, author }: Writer,
): Promise<StoredException> {
  checkScope(principal, wanted.collections);
  const requester = await personBehind(store, principal);
  return await store.transaction(async (transaction) => {
    await checkCollections(transaction, wanted.collections);
    const now = clock();
    checkEnd(new Date(wanted.expiresAt), now);
    await checkRoom(transaction, { requester, principal, now });
    const row = await transaction
      .query(policySchema)
      .insertInto('exception')
      .values({
        id: newId(),
        advisory: wanted.advisory,
        package: JSON.stringify(wanted.package),
        component: componentKey(wanted.package),
        collections: wanted.collections === undefined ? null : [...wanted.collections],
        reason: wanted.reason,
        explanation: wanted.explanation,
        expires_at: new Date(wanted.expiresAt),
        state: 'requested',
        requested_by: JSON.stringify({ id: principal.id, name: principal.name }),
        requester: requester ?? null,
        requested_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await audit(transaction, {
      ...author,
      action: 'exception-requested',
      target: targetOf(row),
      detail: { ...wanted },
    });
    return toException(row, now);
  });
}

interface Asking {
  /** The person behind the principal. */
  readonly requester: string | undefined;
  readonly principal: Pick<Principal, 'id'>;
  readonly now: Date;
}

/** Exceptions are asked about each finding, and those that wait are read by people. */
async function checkRoom(transaction: Transaction, { requester, principal, now }: Asking): Promise<void> {
  const isOwn = requester === undefined ? sql`requested_by->>'id' = ${principal.id}` : sql`requester = ${requester}`;
  const { open, waiting } = await transaction
    .query(policySchema)
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

/** Throws `AppError`: `not-found`, `conflict`, `own-exception`, `bad-request`, `not-allowed`. */
export async function decideException(
  { store, clock }: Dependencies,
  decided: { readonly id: string; readonly decision: 'approve' | 'deny'; readonly note: string },
  { principal, author }: Writer,
): Promise<StoredException> {
  const { id, decision, note } = decided;
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
    if (decision === 'approve') await transaction.announce(exceptionsChanged, { exception: id });
    await audit(transaction, { ...author, action: `exception-${state}`, target: targetOf(row), detail: { note } });
    return toException(saved, now);
  });
}

/** Throws `AppError`: `not-found`, `conflict`, `not-allowed`. */
export async function cancelException(
  { store, clock }: Dependencies,
  id: string,
  { principal, author }: Writer,
): Promise<StoredException> {
  const person = await personBehind(store, principal);
  return await store.transaction(async (transaction) => {
    const row = await lockException(transaction, id);
    checkMayCancel(row, { principal, person });
    const now = clock();
    const saved = await end(transaction, row, { state: 'cancelled', note: row.note, by: principal, now });
    if (row.state === 'approved') await transaction.announce(exceptionsChanged, { exception: id });
    await audit(transaction, { ...author, action: 'exception-cancelled', target: targetOf(row) });
    return toException(saved, now);
  });
}

async function lockException(transaction: Transaction, id: string): Promise<ExceptionRow> {
  const database = transaction.query(policySchema);
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

async function end(
  transaction: Transaction,
  { id }: ExceptionRow,
  { state, note, by, now }: End,
): Promise<ExceptionRow> {
  return await transaction
    .query(policySchema)
    .updateTable('exception')
    .set({ state, note, decided_by: JSON.stringify({ id: by.id, name: by.name }), decided_at: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function checkEnd(expiresAt: Date, now: Date): void {
  if (expiresAt <= now) throw new AppError('bad-request', 'expiresAt: an exception must end in the future.');
}

function targetOf({ id, advisory, package: one }: ExceptionRow) {
  return { kind: 'exception', id, name: `${advisory} in ${one.name} ${one.version}` };
}
