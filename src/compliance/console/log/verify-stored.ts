import { sql } from 'kysely';
import type { ReplyOf } from '#http/index.ts';
import type { Keyed, Queries } from '#store/index.ts';
import type { verifyEvidenceLog } from '../../contract.ts';
import { type LogFault, openVerification, rowText } from '../../log/index.ts';
import { complianceSchema } from '../schema.ts';
import { type ComparedLog, differenceOf, type HeldLogHead } from './differing-heads.ts';
import { readPublicKeys } from './evidence-key.ts';
import { readHeads, readRows, toSignedHead } from './leaves.ts';
import { readNewestHead } from './seal-log.ts';
import { openSnapshotCheck } from './verify-snapshots.ts';

type Reply = ReplyOf<typeof verifyEvidenceLog>;

const headsTogether = 500;

/** A head of the log for agents to keep; `proof` shows that a console gave it out. */
export interface GivenHead {
  readonly sequence: number;
  readonly hash: string;
  readonly at: string;
  readonly proof: string;
}

/** The newest head, for agents to hold. */
export async function readEvidenceHead(queries: Queries & Keyed): Promise<GivenHead | undefined> {
  const newest = await readNewestHead(queries);
  if (newest === undefined) return undefined;
  const head = { sequence: newest.batch, hash: newest.hash, at: newest.at.toISOString() };
  return { ...head, proof: proofOf(head, queries) };
}

function proofOf({ sequence, hash, at }: Omit<GivenHead, 'proof'>, keyed: Keyed): string {
  return keyed.mac('evidence head', JSON.stringify([sequence, hash, at]));
}

/**
 * Verifies all heads and all rows that are kept, and compares the heads with what agents hold of them. One part of it is
 * in memory at a time.
 */
export async function verifyStored(
  queries: Queries & Keyed,
  held: readonly (GivenHead & { readonly agent: string })[],
): Promise<Reply> {
  const given = held.filter((head) => head.proof === proofOf(head, queries));
  const heads = given.map(({ sequence: batch, hash, at, agent }): HeldLogHead => ({ batch, hash, at, agent }));
  const difference = differenceOf(heads, await compared(queries, heads));
  const { faults, wrongSnapshot, ...counts } = await walk(queries);
  const agents = new Set(heads.map(({ agent }) => agent)).size;
  const [fault] = faults;
  if (difference !== undefined) return { state: 'differs', reason: difference, ...counts, agents };
  if (fault !== undefined) return { state: 'broken', reason: faultWords(fault), ...counts, agents };
  if (wrongSnapshot !== undefined) return { state: 'broken', reason: snapshotWords(wrongSnapshot), ...counts, agents };
  return { state: counts.heads === 0 ? 'empty' : 'intact', ...counts, agents };
}

async function compared(queries: Queries, held: readonly HeldLogHead[]): Promise<ComparedLog> {
  const batches = [...new Set(held.map(({ batch }) => batch))];
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('log_head')
    .select(['batch', 'hash'])
    .where('batch', '=', sql<number>`any(${batches}::bigint[])`)
    .execute();
  const newest = (await readNewestHead(queries))?.batch ?? 0;
  return { hashes: new Map(rows.map(({ batch, hash }) => [batch, hash])), newest };
}

interface Walked {
  readonly faults: readonly LogFault[];
  /** Batch of the first snapshot that is not what the rows give. */
  readonly wrongSnapshot: number | undefined;
  readonly heads: number;
  readonly rows: number;
  readonly forgotten: number;
}

/** Batches of which rows were forgotten are verified by their heads; those after them by their rows too. */
async function walk(queries: Queries): Promise<Walked> {
  const keys = (await readPublicKeys(queries)).map(({ pem }) => pem);
  let [after, heads, rows, forgotten, kept] = [0, 0, 0, 0, 0];
  let faults: readonly LogFault[] = [];
  const check = await openSnapshotCheck(queries);
  const wrong: number[] = [];
  for (;;) {
    const part = await readHeads(queries, { after: Math.max(0, after - 1), limit: headsTogether });
    const [first] = part;
    if (first === undefined || part.at(-1)?.batch === after)
      return { faults, wrongSnapshot: [...wrong, ...check.end()][0], heads, rows, forgotten };
    if (after === 0 && first.batch > 1) faults = [{ kind: 'head-missing', batch: 1 }];
    const signed = part.map(toSignedHead);
    const verification = openVerification({ installation: first.installation, keys, heads: signed });
    verification.forget(kept);
    for (const head of part.filter(({ batch }) => batch > after)) {
      heads += 1;
      const read = await readRows(queries, head);
      if (read.length === 0 && (await isForgotten(queries, head))) {
        forgotten += 1;
        kept = head.first + head.count;
        verification.forget(kept);
      } else verification.batch(head.batch, read.map(rowText));
      if (!(await check.batch(head, read))) wrong.push(head.batch);
    }
    const found = verification.end();
    rows += found.leaves;
    faults = [...faults, ...found.faults].slice(0, 1000);
    after = part.at(-1)?.batch ?? after;
  }
}

/** Nothing is kept of the time before it: months are forgotten whole. */
async function isForgotten(queries: Queries, { first }: { readonly first: number }): Promise<boolean> {
  const older = await queries
    .query(complianceSchema)
    .selectFrom('transition')
    .select('position')
    .where('position', '<', first)
    .limit(1)
    .executeTakeFirst();
  return older === undefined;
}

function faultWords(fault: LogFault): string {
  const place = 'position' in fault && fault.position !== undefined ? `, row ${fault.position}` : '';
  return `Batch ${fault.batch}${place} of the evidence log: ${words[fault.kind]}`;
}

function snapshotWords(batch: number): string {
  return `The snapshot at the end of batch ${batch} of the evidence log is not what its rows give, so pages of earlier moments may be wrong. Delete all rows of compliance.log_snapshot: the console writes them again from the log within minutes.`;
}

const words: Readonly<Record<LogFault['kind'], string>> = {
  'other-installation': 'its head is of another installation.',
  'other-key': 'its head is not signed by a key of this console.',
  'head-missing': 'its head is missing.',
  'not-chained': 'its head does not follow from the one before it.',
  changed: 'it is not what was sealed there.',
  reordered: 'rows stand in another order than they were sealed in.',
  'left-out': 'rows that were sealed are missing.',
};
