import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Queries, Store, Transaction } from '#store/index.ts';
import { complianceSchema, type ComplianceTables } from '../schema.ts';

type Snapshot = Selectable<ComplianceTables['log_snapshot']>;

/** Rows from one snapshot to the next: a state is read from a snapshot and about as many rows after it. */
const rowsBetween = 32_768;
/** Snapshots of one run: an upgrade leaves the whole history without. */
const runSnapshots = 100;

/** Rows that say how their subject stands, or that it is gone; the others belong to a look that such a row ends. */
export const saysHow = sql`(status is not null or change <> 'changed')`;

/**
 * Each minute: writes the snapshots that are due. They follow from sealed rows alone, so verification of the log works
 * them out again.
 */
export async function writeSnapshots(store: Store, between = rowsBetween): Promise<void> {
  for (let written = 0; written < runSnapshots; written++)
    if (!(await store.transaction(async (transaction) => await writeSnapshot(transaction, between)))) return;
}

async function writeSnapshot(transaction: Transaction, between: number): Promise<boolean> {
  await transaction.lock('compliance evidence snapshots');
  const database = transaction.query(complianceSchema);
  const last = await database
    .selectFrom('log_snapshot')
    .select(['batch', 'position', 'until'])
    .orderBy('batch', 'desc')
    .limit(1)
    .executeTakeFirst();
  const { batch: before, position: from, until } = last ?? { batch: 0, position: 0, until: new Date(0) };
  const end = sql<number>`first + count`;
  const head = await database
    .selectFrom('log_head')
    .select(['batch', end.as('position')])
    .where('batch', '>', before)
    .where(end, '>=', from + between)
    .orderBy('batch')
    .limit(1)
    .executeTakeFirst();
  if (head === undefined) return false;
  const columns = sql`source, host, kind, id, sequence, position, observed_at, received_at, change`;
  await sql`
    insert into compliance.log_snapshot (batch, position, until, positions, received)
    with candidate as materialized (
      ${rowsOfSnapshot(before, columns)}
      union all select ${columns} from compliance.transition
      where position >= ${from} and position < ${head.position} and ${saysHow}),
    newest as (
      select distinct on (source, host, kind, id) position, received_at, change from candidate
      order by source, host, kind, id, sequence desc)
    select ${head.batch}::bigint, ${head.position}::bigint,
      greatest(${until}::timestamptz, (select max(greatest(observed_at, received_at)) from candidate)),
      coalesce(array_agg(position order by position), '{}'), coalesce(array_agg(received_at order by position), '{}')
    from newest where change <> 'ended'`.execute(database);
  return true;
}

/** Forgets snapshots of which no row is kept any more, but never the newest, after which the next is due. */
export async function dropSnapshots(transaction: Transaction): Promise<void> {
  await sql`
    delete from compliance.log_snapshot where batch < (select max(batch) from compliance.log_snapshot)
      and not exists (select from compliance.transition where transition.position < log_snapshot.position)`.execute(
    transaction.query(complianceSchema),
  );
}

/** The newest snapshot of which everything was so and was known by a moment. */
export async function snapshotUntil(
  queries: Queries,
  moment: Date,
): Promise<Pick<Snapshot, 'batch' | 'position'> | undefined> {
  return await queries
    .query(complianceSchema)
    .selectFrom('log_snapshot')
    .select(['batch', 'position'])
    .where('until', '<=', moment)
    .orderBy('batch', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Statement that reads the rows of a snapshot, each by its month and its position. */
export function rowsOfSnapshot(batch: number, columns: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select row.* from (
      select unnest(positions) as position, unnest(received) as received_at
      from compliance.log_snapshot where batch = ${batch}::bigint) as kept
    cross join lateral (
      select ${columns} from compliance.transition
      where transition.position = kept.position and transition.received_at = kept.received_at limit 1) as row`;
}
