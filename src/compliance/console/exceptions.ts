import { type Selectable as Row, sql } from 'kysely';
import type { Immutable } from '#base/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { Queries } from '#store/index.ts';
import { exceptionOfRow, readCollections, stateOfException } from '#access/console/index.ts';
import type { CheckException, listCheckExceptions, StoredResult } from '../contract.ts';
import { speaksFor, valuesOf } from '../exception.ts';
import { placedSubjects } from './judge-subjects.ts';
import { readFailing } from './results.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';

export type ExceptionRow = Row<ComplianceTables['exception']>;

/** Who asks, and what he may see. */
export interface Reader {
  readonly now: Date;
  readonly view: View;
  readonly principal: Pick<Principal, 'collections'> | undefined;
}

/** Those to decide first, then those that hold, the next to end first, then the others, the newest first. */
export async function listExceptions(
  queries: Queries,
  { state, check, limit, offset }: HandlerInput<typeof listCheckExceptions>['query'],
  reader: Reader,
): Promise<Immutable<ReplyOf<typeof listCheckExceptions>>> {
  const { now } = reader;
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('exception')
    .selectAll()
    .$if(check !== undefined, (all) => all.where('check_id', '=', check ?? ''))
    .orderBy(
      sql`case when state = 'requested' and expires_at > ${now} then 0 when state = 'approved' and expires_at > ${now} then 1 else 2 end`,
    )
    .orderBy(sql`case when state = 'approved' and expires_at > ${now} then expires_at end`)
    .orderBy('requested_at', 'desc')
    .orderBy('id')
    .execute();
  const found = rows
    .filter((row) => concerns(row, reader.principal))
    .filter((row) => state === undefined || stateOfException(row, now) === state);
  return { total: found.length, exceptions: await toExceptions(queries, found.slice(offset, offset + limit), reader) };
}

function concerns({ collections }: ExceptionRow, principal: Reader['principal']): boolean {
  const own = principal?.collections;
  return own === undefined || collections === null || collections.some((id) => own.includes(id));
}

export async function toException(queries: Queries, row: ExceptionRow, reader: Reader): Promise<CheckException> {
  const [exception] = await toExceptions(queries, [row], reader);
  if (exception === undefined) throw new Error(`exception ${row.id} is not there`);
  return exception;
}

async function toExceptions(
  queries: Queries,
  rows: readonly ExceptionRow[],
  reader: Reader,
): Promise<readonly CheckException[]> {
  const reach = await reachOf(queries, rows, reader.view);
  return rows.map((row) => ({
    ...exceptionOfRow(row, reader.now),
    check: row.check_id,
    values: row.named_values,
    ...(row.name !== null && { name: row.name }),
    appliesTo: reach.get(row.id) ?? 0,
  }));
}

/** Visible subjects of which a result has a value that an exception names. */
async function reachOf(
  queries: Queries,
  rows: readonly ExceptionRow[],
  view: View,
): Promise<ReadonlyMap<string, number>> {
  if (rows.length === 0) return new Map();
  const [subjects, collections] = [await placedSubjects(queries, view), await readCollections(queries)];
  const found = await readFailing(queries, { checks: rows.map(({ check_id }) => check_id) });
  const values = new Map(found.map(({ facts, check_id, body }) => [`${facts} ${check_id}`, valuesOfStored(body)]));
  return new Map(
    rows.map((row) => {
      const scope = {
        ...(row.name !== null && { name: row.name }),
        ...(row.collections !== null && { collections: row.collections }),
      };
      const reached = subjects.filter(
        (subject) =>
          (values.get(`${subject.facts} ${row.check_id}`) ?? []).some((value) => row.named_values.includes(value)) &&
          speaksFor(scope, { names: [subject.name], places: subject.places }, collections),
      );
      return [row.id, reached.length];
    }),
  );
}

/** What an exception of a stored result has to name. */
export function valuesOfStored({ id, state, seen, evidence }: StoredResult): readonly string[] {
  return valuesOf({ id, state, seen, evidence });
}
