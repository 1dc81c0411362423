import { type Selectable as Row, sql } from 'kysely';
import { exceptionOfRow } from '#access/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Exception } from '../contract.ts';
import type { ApprovedException } from '../rulebook.ts';
import { type PolicyTables, policySchema } from './schema.ts';

export type ExceptionRow = Row<PolicyTables['exception']>;

/** An exception without what is counted. */
export type StoredException = Omit<Exception, 'appliesTo'>;

/** Exceptions that hold now, in a fixed order. */
export async function readGranted(queries: Queries, now: Date): Promise<readonly ApprovedException[]> {
  const rows = await queries
    .query(policySchema)
    .selectFrom('exception')
    .selectAll()
    .where('state', '=', 'approved')
    .where('expires_at', '>', now)
    .orderBy('id')
    .execute();
  return rows.map((row) => {
    const { id, advisory, package: component, collections, expiresAt, state } = toException(row, now);
    return {
      id,
      advisory,
      package: component,
      ...(collections === undefined ? {} : { collections }),
      expiresAt,
      state,
    };
  });
}

/** All exceptions: those to decide first, then those that hold, the next to end first, then the others, newest first. */
export async function readExceptions(queries: Queries, now: Date): Promise<readonly StoredException[]> {
  const rows = await queries
    .query(policySchema)
    .selectFrom('exception')
    .selectAll()
    .orderBy(
      sql`case when state = 'requested' and expires_at > ${now} then 0 when state = 'approved' and expires_at > ${now} then 1 else 2 end`,
    )
    .orderBy(sql`case when state = 'requested' then requested_at when state = 'approved' and expires_at > ${now}
      then expires_at end`)
    .orderBy('requested_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map((row) => toException(row, now));
}

export function toException(row: ExceptionRow, now: Date): StoredException {
  return {
    ...exceptionOfRow(row, now),
    advisory: row.advisory,
    package: row.package,
  };
}
