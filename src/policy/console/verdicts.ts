import { createHash } from 'node:crypto';
import { type Selectable as Row, sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import { packText, type Queries, unpackJson } from '#store/index.ts';
import { ledgerDigest } from '../bundle/digests.ts';
import type { Verdict } from '../contract.ts';
import { holdingVerdict } from '../holding-verdict.ts';
import { type PolicyTables, policySchema } from './schema.ts';

/** The newest verdict of a scan. */
export interface StoredVerdict {
  readonly scan: ScanId;
  readonly environment?: string;
  readonly verdict: Verdict;
  readonly judgedAt: string;
  /** Version of the vulnerability database behind it. */
  readonly database: string;
}

/** The newest verdict of a scan, or `undefined` while it is not judged. Without an environment: of the publication. */
export async function readVerdict(
  queries: Queries,
  scan: ScanId,
  environment = '',
): Promise<StoredVerdict | undefined> {
  const row = await queries
    .query(policySchema)
    .selectFrom('verdict')
    .select(['scan', 'environment', 'verdict', 'judged_at', 'database'])
    .where('scan', '=', scan)
    .where('environment', '=', environment)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : await toStored(row);
}

/**
 * The verdicts of a subject that hold now: one for each environment where it lies, the worst of the scans that count
 * there, else the publication's. One without an environment is of the publication, and of hosts that have none.
 */
export async function readVerdicts(queries: Queries, subject: SubjectId): Promise<readonly StoredVerdict[]> {
  const holding = (await readHolding(queries, [subject])).filter(({ counts }) => counts);
  if (holding.length === 0) return [];
  const rows = await queries
    .query(policySchema)
    .selectFrom('verdict')
    .distinctOn(['scan', 'environment'])
    .select(['scan', 'environment', 'verdict', 'database'])
    .where('scan', '=', sql<ScanId>`any(${[...new Set(holding.map(({ scan }) => scan))]}::uuid[])`)
    .orderBy('scan')
    .orderBy('environment')
    .orderBy('sequence', 'desc')
    .execute();
  const byKey = new Map(rows.map((row) => [`${row.scan} ${row.environment}`, row]));
  return await Promise.all(
    holding.flatMap(({ scan, environment, judged_at }) => {
      const row = byKey.get(`${scan} ${environment}`);
      return row === undefined ? [] : [toStored({ ...row, judged_at })];
    }),
  );
}

/** Of each subject and environment the judging that holds, see `holdingVerdict`; by environment. */
async function readHolding(queries: Queries, subjects: readonly SubjectId[]) {
  return (await readGroups(queries, subjects)).flatMap((group) => holdingVerdict(group) ?? []);
}

/** The judgings of scans that count, by subject and environment. */
async function readGroups(queries: Queries, subjects: readonly SubjectId[]) {
  const rows = await queries
    .query(policySchema)
    .selectFrom('judging')
    .select(['subject', 'scan', 'environment', 'kind', 'violations', 'reason', 'digest', 'judged_at', 'counts'])
    .where('subject', '=', sql<SubjectId>`any(${subjects}::text[])`)
    .where('current', '=', true)
    .orderBy('environment')
    .execute();
  return [...Map.groupBy(rows, ({ subject, environment }) => `${subject} ${environment}`).values()];
}

/** What the newest verdict on a subject says where it lies, without its violations. */
export interface PlacedVerdict extends Pick<Verdict, 'kind' | 'reason'> {
  readonly subject: SubjectId;
  readonly scan: ScanId;
  /** Missing: of the publication, and of hosts that have none. */
  readonly environment?: string;
  readonly judgedAt: string;
}

/** The verdicts of subjects now, as `readVerdicts` has them. */
export async function readPlacedVerdicts(
  queries: Queries,
  subjects: readonly SubjectId[],
): Promise<readonly PlacedVerdict[]> {
  const rows = (await readHolding(queries, subjects)).filter(({ counts }) => counts);
  return rows.map(({ subject, scan, kind, reason, environment, judged_at }) => ({
    subject,
    scan,
    kind,
    reason,
    ...(environment === '' ? {} : { environment }),
    judgedAt: judged_at.toISOString(),
  }));
}

/** What holds of a subject in an environment where it lies or may start, and the digest of the verdict that says why. */
export interface EnvironmentVerdict extends Pick<Verdict, 'kind'> {
  readonly subject: SubjectId;
  /** The one whose verdict holds. */
  readonly scan: ScanId;
  /** Missing: of hosts that have none. */
  readonly environment?: string;
  readonly digest: string;
  readonly judgedAt: Date;
  /** Digest of what its bundle states, see `ledgerDigest`. */
  readonly bundle: string;
}

/** The verdicts of subjects that hold now in every environment where a host may start them. */
export async function readEnvironmentVerdicts(
  queries: Queries,
  subjects: readonly SubjectId[],
): Promise<readonly EnvironmentVerdict[]> {
  const groups = await readGroups(queries, subjects);
  return groups.flatMap((group) => {
    const holding = holdingVerdict(group);
    if (holding === undefined) return [];
    const { subject, scan, kind, digest, judged_at: judgedAt } = holding;
    const where = holding.environment === '' ? {} : { environment: holding.environment };
    const verdicts = group.map((row) => ({ scan: row.scan, verdict: row.digest }));
    const bundle = ledgerDigest({ subject, ...where, verdicts, holds: scan });
    return [{ subject, scan, kind, digest, ...where, judgedAt, bundle }];
  });
}

/** Whole verdicts of image environments, by their digest; two that say the same are one. */
export async function readWholeVerdicts(
  queries: Queries,
  verdicts: readonly EnvironmentVerdict[],
): Promise<ReadonlyMap<string, Verdict>> {
  const rows = await queries
    .query(policySchema)
    .selectFrom('verdict')
    .distinctOn('digest')
    .select(['digest', 'verdict'])
    .where('scan', '=', sql<ScanId>`any(${[...new Set(verdicts.map(({ scan }) => scan))]}::uuid[])`)
    .where('digest', '=', sql<string>`any(${[...new Set(verdicts.map(({ digest }) => digest))]}::text[])`)
    .orderBy('digest')
    .execute();
  return new Map(
    await Promise.all(rows.map(async ({ digest, verdict }) => [digest, await unpackVerdict(verdict)] as const)),
  );
}

type VerdictRow = Pick<Row<PolicyTables['verdict']>, 'scan' | 'environment' | 'verdict' | 'judged_at' | 'database'>;

async function toStored({ scan, environment, verdict, judged_at, database }: VerdictRow): Promise<StoredVerdict> {
  return {
    scan,
    ...(environment === '' ? {} : { environment }),
    verdict: await unpackVerdict(verdict),
    judgedAt: judged_at.toISOString(),
    database,
  };
}

/** `json`: the text of a verdict, which is long: it is made once, for the digest too. */
export async function packVerdict(json: string): Promise<Buffer> {
  return await packText(`{"format":1,"verdict":${json}}`);
}

/** The verdict of a row. */
export async function unpackVerdict(bytes: Uint8Array): Promise<Verdict> {
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
export function verdictDigest(json: string): string {
  return createHash('sha256').update(json).digest('hex');
}
