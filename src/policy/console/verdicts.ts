import { createHash } from 'node:crypto';
import type { ScanId } from '#base/index.ts';
import { packJson, type Queries, unpackJson } from '#store/index.ts';
import type { Verdict } from '../contract.ts';
import { policySchema } from './schema.ts';

/** The newest verdict of a scan. */
export interface StoredVerdict {
  readonly scan: ScanId;
  readonly verdict: Verdict;
  readonly judgedAt: string;
  /** Version of the vulnerability database behind it. */
  readonly database: string;
}

/** The newest verdict of a scan, or `undefined` while it is not judged. */
export async function readVerdict(queries: Queries, scan: ScanId): Promise<StoredVerdict | undefined> {
  const row = await queries
    .query(policySchema)
    .selectFrom('verdict')
    .select(['verdict', 'judged_at', 'database'])
    .where('scan', '=', scan)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    scan,
    verdict: await unpackVerdict(row.verdict),
    judgedAt: row.judged_at.toISOString(),
    database: row.database,
  };
}

export async function packVerdict(verdict: Verdict): Promise<Buffer> {
  return await packJson({ format: 1, verdict });
}

async function unpackVerdict(bytes: Uint8Array): Promise<Verdict> {
  const parsed = await unpackJson(bytes);
  if (!isFrame(parsed)) throw new Error('A stored verdict has a shape that this version does not read.');
  return parsed.verdict;
}

function isFrame(parsed: unknown): parsed is { readonly verdict: Verdict } {
  if (typeof parsed !== 'object' || parsed === null || !('format' in parsed) || parsed.format !== 1) return false;
  return (
    'verdict' in parsed && typeof parsed.verdict === 'object' && parsed.verdict !== null && 'kind' in parsed.verdict
  );
}

/** Two verdicts of one digest say the same. */
export function verdictDigest(verdict: Verdict): string {
  return createHash('sha256').update(JSON.stringify(verdict)).digest('hex');
}
