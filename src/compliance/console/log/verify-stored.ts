import { sql } from 'kysely';
import type { ReplyOf } from '#http/index.ts';
import type { Keyed, Queries } from '#store/index.ts';
import type { verifyEvidenceLog } from '../../contract.ts';
import { complianceSchema } from '../schema.ts';
import { readAcceptedGaps } from './accepted-gaps.ts';
import { type ComparedLog, differenceOf, type HeldLogHead } from './differing-heads.ts';
import { readNewestHead, type SealDependencies } from './seal-log.ts';
import { walkLog } from './walk-log.ts';

type Reply = ReplyOf<typeof verifyEvidenceLog>;

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

/** What a verification stands on. */
export interface Verifying extends Pick<SealDependencies, 'store' | 'masterKey'> {
  /** Ends it before its time; it throws then. */
  readonly signal?: AbortSignal;
}

/**
 * Verifies all heads and all rows that are kept, and compares the heads with what agents hold of them. One part of it is
 * in memory at a time.
 */
export async function verifyStored(
  { store, masterKey, signal }: Verifying,
  held: readonly (GivenHead & { readonly agent: string })[],
): Promise<Reply> {
  const heads = headsOf(store, held);
  const difference = differenceOf(heads, await compared(store, heads));
  const { reason, ...counts } = await walkLog(store, { masterKey: masterKey(), signal });
  const agents = new Set(heads.map(({ agent }) => agent)).size;
  if (difference !== undefined) return { state: 'differs', reason: difference, ...counts, agents };
  if (reason !== undefined) return { state: 'broken', reason, ...counts, agents };
  return { state: counts.heads === 0 ? 'empty' : 'intact', ...counts, agents };
}

/** Those that a console gave out. */
export function headsOf(
  keyed: Keyed,
  held: readonly (GivenHead & { readonly agent: string })[],
): readonly HeldLogHead[] {
  const given = held.filter((head) => head.proof === proofOf(head, keyed));
  return given.map(({ sequence: batch, hash, at, agent }) => ({ batch, hash, at, agent }));
}

export async function compared(queries: Queries & Keyed, held: readonly HeldLogHead[]): Promise<ComparedLog> {
  const batches = [...new Set(held.map(({ batch }) => batch))];
  const rows = await queries
    .query(complianceSchema)
    .selectFrom('log_head')
    .select(['batch', 'hash'])
    .where('batch', '=', sql<number>`any(${batches}::bigint[])`)
    .execute();
  const newest = (await readNewestHead(queries))?.batch ?? 0;
  const restores = await readAcceptedGaps(queries);
  return { hashes: new Map(rows.map(({ batch, hash }) => [batch, hash])), newest, restores };
}
