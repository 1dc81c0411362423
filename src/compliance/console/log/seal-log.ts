import { randomUUID } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { Clock } from '#base/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import { headHash, leafHash, type LogHead, rootOf, rowText, signHead } from '../../log/index.ts';
import { complianceSchema, type ComplianceTables } from '../schema.ts';
import { openEvidenceKey } from './evidence-key.ts';
import { toLogRow } from './log-rows.ts';
import { monthOf } from './log-tables.ts';
import { longestBatch } from './sealed-rows.ts';

export interface SealDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly masterKey: () => Buffer;
}

/** Batches of one run: what an upgrade left to be sealed takes several. */
const runBatches = 50;
/** Few rows wait so long for others: each head is part of what everyone verifies. */
const longestWait = 10 * 60_000;
const worthBatch = 1000;

/** Each minute: seals what is due. Gives how many rows. */
export async function sealDue(dependencies: SealDependencies): Promise<number> {
  return await sealUntil(dependencies, longestWait);
}

/** Seals all that is written down by now, for who is about to show it. */
export async function sealNow(dependencies: SealDependencies): Promise<number> {
  return await sealUntil(dependencies, 0);
}

async function sealUntil(dependencies: SealDependencies, wait: number): Promise<number> {
  let sealed = 0;
  for (let batches = 0; batches < runBatches; batches++) {
    const rows = await dependencies.store.transaction(
      async (transaction) => await sealBatch(transaction, dependencies, wait),
    );
    sealed += rows;
    if (rows === 0) return sealed;
  }
  return sealed;
}

/** One batch, in one transaction under the lock of the log: two consoles never seal a row twice. */
async function sealBatch(
  transaction: Transaction,
  { clock, masterKey }: SealDependencies,
  wait: number,
): Promise<number> {
  await transaction.lock('compliance evidence log');
  const now = clock();
  const rows = await readUnsealed(transaction);
  if (rows.length === 0 || !isDue(rows, now, wait)) return 0;
  const last = await readNewestHead(transaction);
  const first = last === undefined ? 0 : last.first + last.count;
  const before = await readBefore(transaction, rows);
  const placed = placedRows(rows, first, before);
  const head: LogHead = {
    installation: last?.installation ?? (await installationOf(transaction)),
    batch: (last?.batch ?? 0) + 1,
    first,
    count: placed.length,
    root: rootOf(placed.map((row) => leafHash(rowText(toLogRow(row))))).toString('hex'),
    previous: last?.hash ?? '',
    // A clock that was set back makes no head older than the one before it.
    at: new Date(Math.max(now.getTime(), last?.at.getTime() ?? 0)).toISOString(),
  };
  const { key, fingerprint } = await openEvidenceKey(transaction, masterKey(), now);
  const { signature } = signHead(head, key);
  await writePlaces(transaction, placed);
  await transaction
    .query(complianceSchema)
    .insertInto('log_head')
    .values({ ...head, at: new Date(head.at), signature, hash: headHash(head), key: fingerprint })
    .execute();
  return placed.length;
}

type Row = Selectable<ComplianceTables['transition']>;

/**
 * In the order in which they were numbered. One that was numbered earlier and committed later is sealed later. A batch is
 * of one month: months are forgotten whole.
 */
async function readUnsealed(transaction: Transaction): Promise<readonly Row[]> {
  const rows = await transaction
    .query(complianceSchema)
    .selectFrom('transition')
    .selectAll()
    .where('position', 'is', null)
    .orderBy('sequence')
    .limit(longestBatch)
    .execute();
  const monthBegins = rows[0] && monthOf(rows[0].received_at).getTime();
  return rows.filter(({ received_at }) => monthOf(received_at).getTime() === monthBegins);
}

/** A clock that was set back keeps nothing waiting. */
function isDue(rows: readonly Row[], now: Date, wait: number): boolean {
  return (
    rows.length >= worthBatch || rows.some(({ received_at }) => Math.abs(now.getTime() - received_at.getTime()) >= wait)
  );
}

export async function readNewestHead(queries: Queries): Promise<Selectable<ComplianceTables['log_head']> | undefined> {
  return await queries
    .query(complianceSchema)
    .selectFrom('log_head')
    .selectAll()
    .orderBy('batch', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Id of the installation whose log it is; made at first use. */
export async function installationOf(transaction: Transaction): Promise<string> {
  const database = transaction.query(complianceSchema);
  await database
    .insertInto('log_installation')
    .values({ id: randomUUID() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return (await database.selectFrom('log_installation').select('id').executeTakeFirstOrThrow()).id;
}

const subjectOf = ({ source, host, kind, id }: Pick<Row, 'source' | 'host' | 'kind' | 'id'>): string =>
  JSON.stringify([source, host, kind, id]);

/**
 * Position of the newest sealed row of each subject. `offset 0` keeps the plan to the rows of the subject: where most rows are
 * sealed, or most are not, figures of the database make it read all positions for each subject.
 */
async function readBefore(transaction: Transaction, rows: readonly Row[]): Promise<ReadonlyMap<string, number>> {
  const subjects = new Map(
    rows.map(({ source, host, kind, id }) => [subjectOf({ source, host, kind, id }), { source, host, kind, id }]),
  );
  const { rows: found } = await sql<Pick<Row, 'source' | 'host' | 'kind' | 'id'> & { position: number }>`
    select asked.source, asked.host, asked.kind, asked.id, newest.position
    from json_to_recordset(${JSON.stringify([...subjects.values()])}::json)
      as asked (source text, host text, kind text, id text)
    cross join lateral (
      select position from (
        select position from compliance.transition
        where transition.host = asked.host and transition.kind = asked.kind and transition.id = asked.id
          and transition.source = asked.source
        order by transition.sequence desc offset 0) as own
      where position is not null limit 1) as newest`.execute(transaction.query(complianceSchema));
  return new Map(found.map((row) => [subjectOf(row), row.position]));
}

function placedRows(rows: readonly Row[], first: number, sealed: ReadonlyMap<string, number>): readonly Row[] {
  const newest = new Map(sealed);
  return rows.map((row, index) => {
    const subject = subjectOf(row);
    const placed = { ...row, position: first + index, before: newest.get(subject) ?? null };
    newest.set(subject, placed.position);
    return placed;
  });
}

async function writePlaces(transaction: Transaction, rows: readonly Row[]): Promise<void> {
  const places = rows.map(({ sequence, position, before }) => ({ sequence, position, before }));
  const times = rows.map(({ received_at }) => received_at.getTime());
  const [from, to] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  const { numAffectedRows } = await sql`
    update compliance.transition set position = place.position, before = place.before
    from json_to_recordset(${JSON.stringify(places)}::json)
      as place (sequence bigint, position bigint, before bigint)
    where transition.sequence = place.sequence and transition.received_at between ${new Date(from)} and ${new Date(to + 1)}
      and transition.position is null`.execute(transaction.query(complianceSchema));
  if (Number(numAffectedRows) !== rows.length)
    throw new Error(`${rows.length} rows were to be sealed, ${numAffectedRows} are.`);
}
