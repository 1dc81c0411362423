import { sql } from 'kysely';
import type { Transaction } from '#store/index.ts';
import { complianceSchema } from '../schema.ts';
import { noteForgotten } from './forgotten-batches.ts';
import { monthAfter, monthOf, monthTable } from './log-tables.ts';

/** Months that are made before they begin. */
const ahead = 2;

/**
 * Makes the months that come, and one for whatever was written down outside of those that there are: a clock may have
 * leaped. What is written meanwhile waits.
 */
export async function makeMonths(transaction: Transaction, now: Date): Promise<void> {
  await transaction.lock('compliance months');
  const database = transaction.query(complianceSchema);
  const coming = Array.from({ length: ahead + 1 }, (_, months) => monthAfter(monthOf(now), months));
  const { rows } = await sql<{ month: Date }>`
    select distinct date_trunc('month', received_at, 'UTC') as month from compliance.transition_other`.execute(
    database,
  );
  const there = new Set((await readMonths(transaction)).map(monthTable));
  const wanted = new Map([...coming, ...rows.map(({ month }) => month)].map((month) => [monthTable(month), month]));
  for (const [table, month] of wanted) if (!there.has(table)) await makeMonth(transaction, month);
}

async function makeMonth(transaction: Transaction, month: Date): Promise<void> {
  const [table, from, to] = [sql.id('compliance', monthTable(month)), month, monthAfter(month)];
  const [first, next] = [sql.lit(from.toISOString()), sql.lit(to.toISOString())];
  await sql`
    lock table compliance.transition_other in access exclusive mode;
    create table ${table} (like compliance.transition including defaults including constraints);
    with moved as (
      delete from compliance.transition_other where received_at >= ${first} and received_at < ${next} returning *)
      insert into ${table} select * from moved;
    alter table compliance.transition attach partition ${table} for values from (${first}) to (${next})`.execute(
    transaction.query(complianceSchema),
  );
}

/** Drops whole months that ended before a moment; their heads stay. */
export async function dropMonths(transaction: Transaction, before: Date): Promise<void> {
  await transaction.lock('compliance months');
  const database = transaction.query(complianceSchema);
  await noteForgotten(transaction, before);
  for (const month of await readMonths(transaction))
    if (monthAfter(month) <= before) await sql`drop table ${sql.id('compliance', monthTable(month))}`.execute(database);
  await sql`delete from compliance.transition_other where received_at < ${before}`.execute(database);
}

async function readMonths(transaction: Transaction): Promise<readonly Date[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'compliance.transition'::regclass and relname ~ '^transition_[0-9]{4}_[0-9]{2}$'
    order by relname`.execute(transaction.query(complianceSchema));
  return rows.map(({ name }) => new Date(`${name.slice(-7).replace('_', '-')}-01T00:00:00Z`));
}
