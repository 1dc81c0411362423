import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Keyed, Queries } from '#store/index.ts';
import { faultPlace, headHash, type LogFault, openVerification, rowText, type SignedHead } from '../../log/index.ts';
import { complianceSchema } from '../schema.ts';
import { readPublicKeys } from './evidence-key.ts';
import { isForgotten } from './forgotten-proof.ts';
import { readHeads, readStatusTexts, toSignedHead } from './leaves.ts';
import { type HeadRow, longestBatch, readRows } from './sealed-rows.ts';
import { openSnapshotCheck, type SnapshotCheck } from './verify-snapshots.ts';

/** What a look at the whole log found. */
interface Walked {
  /** The first thing that is wrong; missing: nothing is. */
  readonly reason?: string;
  readonly heads: number;
  readonly rows: number;
  readonly forgotten: number;
}

const headsTogether = 500;
const statusesTogether = 500;

/** What is counted on the way, and what rows say of how checks stood. */
interface Count {
  heads: number;
  rows: number;
  forgotten: number;
  readonly statuses: Set<string>;
  readonly snapshots: SnapshotCheck;
  /** Batches at whose end a snapshot is not what rows give. */
  readonly wrongSnapshots: number[];
}

/**
 * Verifies all heads, the rows of those that are not forgotten, what rows name, that no row stands outside of all heads, and
 * what snapshots say of rows. One part of the log is in memory at a time.
 */
export async function walkLog(
  queries: Queries & Keyed,
  { masterKey, signal }: { readonly masterKey: Buffer; readonly signal?: AbortSignal | undefined },
): Promise<Walked> {
  const keys = (await readPublicKeys(queries, masterKey)).map(({ pem }) => pem);
  const snapshots = await openSnapshotCheck(queries);
  const count: Count = { heads: 0, rows: 0, forgotten: 0, statuses: new Set(), snapshots, wrongSnapshots: [] };
  const ofHeads = await walkHeads(queries, { keys, signal }, count);
  const ofRows = ofHeads ?? (await rowsOutside(queries)) ?? (await changedStatus(queries, [...count.statuses]));
  const [wrongSnapshot] = [...count.wrongSnapshots, ...snapshots.end()];
  const reason = ofRows ?? (wrongSnapshot === undefined ? undefined : snapshotWords(wrongSnapshot));
  const { heads, rows, forgotten } = count;
  return { heads, rows, forgotten, ...(reason !== undefined && { reason }) };
}

/** To the end whatever is wrong: it is said how much there is. */
async function walkHeads(
  queries: Queries & Keyed,
  { keys, signal }: { readonly keys: readonly string[]; readonly signal: AbortSignal | undefined },
  count: Count,
): Promise<string | undefined> {
  let reason: string | undefined;
  let installation: string | undefined;
  for (let after = 0; ; ) {
    // The head before is read once more: the next one has to follow from it.
    const part = await readHeads(queries, { after: Math.max(0, after - 1), limit: headsTogether });
    const [first] = part;
    if (first === undefined || part.at(-1)?.batch === after) return reason;
    if (after === 0 && first.batch > 1) reason = faultWords({ kind: 'head-missing', batch: 1 });
    installation ??= first.installation;
    const heads = signedHeads(part);
    if (typeof heads === 'string') return reason ?? heads;
    const verification = openVerification({ installation, keys, heads });
    let unread: string | undefined;
    for (const head of part.filter(({ batch }) => batch > after)) {
      signal?.throwIfAborted();
      count.heads += 1;
      const why = await walkBatch(queries, { head, verification, count });
      unread ??= why;
    }
    const { faults, leaves } = verification.end();
    count.rows += leaves;
    reason ??= faults[0] ? faultWords(faults[0]) : unread;
    after = part.at(-1)?.batch ?? after;
  }
}

/** Gives what is wrong with a batch that cannot even be read. */
async function walkBatch(
  queries: Queries & Keyed,
  of: {
    readonly head: HeadRow;
    readonly verification: ReturnType<typeof openVerification>;
    readonly count: Count;
  },
): Promise<string | undefined> {
  const { head, verification, count } = of;
  const changed = faultWords({ kind: 'changed', batch: head.batch });
  if (head.count < 1 || head.count > longestBatch) return changed;
  // The next head and agents are told this hash.
  if (headHash(toSignedHead(head).head) !== head.hash) return changed;
  try {
    const rows = await readRows(queries, head);
    for (const { status } of rows) if (status !== undefined) count.statuses.add(status);
    if (!(await count.snapshots.batch(head, rows))) count.wrongSnapshots.push(head.batch);
    if (rows.length > 0 || !isForgotten(head, queries)) verification.batch(head.batch, rows.map(rowText));
    else {
      verification.forgotten(head.batch);
      count.forgotten += 1;
    }
    return undefined;
  } catch (error) {
    if (isNoMoment(error)) return changed;
    throw error;
  }
}

/** Or what is wrong with the first that cannot be read. */
function signedHeads(part: readonly HeadRow[]): readonly SignedHead[] | string {
  const heads: SignedHead[] = [];
  for (const head of part)
    try {
      heads.push(toSignedHead(head));
    } catch (error) {
      if (!isNoMoment(error)) throw error;
      return faultWords({ kind: 'other-key', batch: head.batch });
    }
  return heads;
}

/** Whether a column holds a moment that is none, such as `infinity`: nothing that a console writes. */
function isNoMoment(error: unknown): boolean {
  return error instanceof RangeError || error instanceof TypeError;
}

/** Rows that claim a position that no head covers: they would count in the past, and nobody sealed them. */
async function rowsOutside(queries: Queries): Promise<string | undefined> {
  const { rows } = await sql<{ position: string }>`
    select position::text from compliance.transition
    where position < 0 or position >= (select coalesce(max(first + count), 0) from compliance.log_head)
    order by position limit 1`.execute(queries.query(complianceSchema));
  const [row] = rows;
  return row && `Row ${row.position} of the evidence log is in no sealed batch: somebody added it.`;
}

/** How checks stood is kept by its hash, which rows name. */
async function changedStatus(queries: Queries, ids: readonly string[]): Promise<string | undefined> {
  for (let at = 0; at < ids.length; at += statusesTogether) {
    const part = ids.slice(at, at + statusesTogether);
    const texts = await readStatusTexts(queries, part);
    const wrong = part.filter(
      (id) =>
        createHash('sha256')
          .update(texts.get(id) ?? '')
          .digest('hex') !== id,
    );
    for (const id of wrong)
      if (texts.has(id) || (await isNamed(queries, id)))
        return `How checks stood, ${id}, is not what rows of the evidence log name.`;
  }
  return undefined;
}

/** The month of its last row may have been forgotten just now. */
async function isNamed(queries: Queries, id: string): Promise<boolean> {
  const row = await queries
    .query(complianceSchema)
    .selectFrom('transition')
    .select('position')
    .where('status', '=', id)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

function faultWords(fault: LogFault): string {
  return `Batch ${faultPlace(fault)} of the evidence log: ${words[fault.kind]}`;
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
