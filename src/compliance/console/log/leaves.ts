import { sql } from 'kysely';
import { AppError } from '#base/index.ts';
import type { Keyed, Queries } from '#store/index.ts';
import { leafHash, type LogRow, type ProvenLeaf, proofsOf, rowText, type SignedHead } from '../../log/index.ts';
import { complianceSchema } from '../schema.ts';
import { statusText } from '../transitions.ts';
import { isForgotten } from './forgotten-proof.ts';
import { type HeadRow, readRows } from './sealed-rows.ts';

/** Whose history it is, and of when. */
export type LogSubject = Pick<LogRow, 'source' | 'host' | 'kind' | 'id' | 'name' | 'observedAt'>;

/** Batches from the first to the last, both within. */
export interface BatchRange {
  readonly from: number;
  readonly to: number;
}

/** A batch with the leaves that were asked for. */
export interface BatchOfLeaves {
  readonly head: SignedHead;
  /** `forgotten`: its rows are older than the retention; their head stays. */
  readonly rows: 'all' | 'some' | 'forgotten';
  /** In the order of the log. */
  readonly leaves: readonly ProvenLeaf[];
}

/**
 * The rows of subjects with what proves them, batch by batch, at most one in memory. Subjects are chosen, not rows: each
 * row names the one before it of its subject, and what is missing between shows. Throws `AppError` `conflict` where rows of a
 * batch are gone that nobody forgot.
 */
export async function* leavesOf(
  queries: Queries & Keyed,
  range: BatchRange,
  wanted: (subject: LogSubject) => boolean | Promise<boolean>,
): AsyncGenerator<BatchOfLeaves> {
  for (let after = range.from - 1; after < range.to; ) {
    const heads = await readHeads(queries, { after, limit: headsTogether });
    for (const head of heads.filter(({ batch }) => batch <= range.to)) yield await readBatch(queries, head, wanted);
    after = heads.at(-1)?.batch ?? range.to;
  }
}

const headsTogether = 500;

async function readBatch(
  queries: Queries & Keyed,
  head: HeadRow,
  wanted: (subject: LogSubject) => boolean | Promise<boolean>,
): Promise<BatchOfLeaves> {
  const signed = toSignedHead(head);
  const rows = await readRows(queries, head);
  if (rows.length === 0 && isForgotten(head, queries)) return { head: signed, rows: 'forgotten', leaves: [] };
  if (rows.length !== head.count)
    throw new AppError('conflict', `Rows of batch ${head.batch} of the evidence log are gone or were added.`, {
      next: 'See the incident about the evidence log, find out who changed the database, and restore a copy from before.',
    });
  const texts = rows.map(rowText);
  const pathOf = proofsOf(texts.map(leafHash));
  const leaves: ProvenLeaf[] = [];
  for (const [position, row] of rows.entries())
    if (await wanted(row))
      leaves.push({ text: texts[position] ?? '', proof: { batch: head.batch, position, path: pathOf(position) } });
  return { head: signed, rows: leaves.length === rows.length ? 'all' : 'some', leaves };
}

/** Heads after a batch, in their order. */
export async function readHeads(
  queries: Queries,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly HeadRow[]> {
  return await queries
    .query(complianceSchema)
    .selectFrom('log_head')
    .selectAll()
    .where('batch', '>', after)
    .orderBy('batch')
    .limit(limit)
    .execute();
}

/**
 * Batches sealed from a moment on; `undefined`: there are none. Those of a clock that was ahead are among them, because heads
 * never go back in time.
 */
export async function batchesSince(queries: Queries, from: Date): Promise<BatchRange | undefined> {
  const row = await queries
    .query(complianceSchema)
    .selectFrom('log_head')
    .select(({ fn }) => [fn.min<number | null>('batch').as('from'), fn.max<number | null>('batch').as('to')])
    .where('at', '>=', from)
    .executeTakeFirstOrThrow();
  return row.from === null || row.to === null ? undefined : { from: row.from, to: row.to };
}

export function toSignedHead({
  installation,
  batch,
  first,
  count,
  root,
  previous,
  at,
  signature,
}: HeadRow): SignedHead {
  return { head: { installation, batch, first, count, root, previous, at: at.toISOString() }, signature };
}

/** Texts whose SHA-256 are these ids: how all checks of a subject stood. Those that are not kept are missing. */
export async function readStatusTexts(queries: Queries, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('status')
    .select(['id', 'states'])
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
  return new Map(rows.map(({ id, states }) => [id, statusText(states ?? {})]));
}
