import { createHash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { canonicalText } from '../canonical-text.ts';
import { differingPackages } from '../contents.ts';
import type { CountingScans, DifferingPair } from '../counting-scans.ts';
import type { Candidate } from './candidates.ts';
import { publishersDiffer } from './facts.ts';
import type { Publisher } from './publisher.ts';
import { readScan, readScanRecords, type ScanRecord } from './scans.ts';
import { catalogSchema } from './schema.ts';

/** One side of a difference. */
export interface DifferingScan {
  readonly scan: ScanId;
  readonly publisher: Pick<Publisher, 'kind' | 'id' | 'name'>;
  readonly packages: number;
  /** When it was received. */
  readonly at: string;
}

/** Two scans of one image in which an analyzer of one id and version found different things. */
export interface Difference {
  readonly subject: SubjectId;
  /** Names the publishers and what each found: the same while the difference is. */
  readonly id: string;
  /** Two of them. `pull`: the first is the console's own, which settles what is in the image. */
  readonly scans: readonly DifferingScan[];
  readonly settledBy: DifferingPair['by'];
  /** Package URLs of what only one of them has, or has otherwise; the first 20. */
  readonly differs: readonly string[];
}

const mostDiffering = 20;

/** Keeps the differences of now, those of all environments together, and announces when they are others than before. */
export async function saveDifferences(
  transaction: Transaction,
  subject: SubjectId,
  { candidates, chosen }: { readonly candidates: readonly Candidate[]; readonly chosen: readonly CountingScans[] },
): Promise<void> {
  if (!subject.startsWith('sha256:')) return;
  const byScan = new Map(candidates.map((one) => [one.scan, one]));
  const pairs = chosen.flatMap(({ differing }) => differing);
  const now = new Map(pairs.map((pair) => [`${pairKey(pair, byScan)} ${pair.by}`.slice(0, 128), pair]));
  const database = transaction.query(catalogSchema);
  const known = await database.selectFrom('difference').select('pair').where('subject', '=', subject).execute();
  const before = new Set(known.map(({ pair }) => pair));
  const ended = [...before].filter((pair) => !now.has(pair));
  const added = [...now].filter(([pair]) => !before.has(pair));
  if (ended.length > 0)
    await database.deleteFrom('difference').where('subject', '=', subject).where('pair', 'in', ended).execute();
  for (const [pair, { scans, by }] of added) await addDifference(transaction, { subject, pair }, { scans, by });
  await followScans(transaction, subject, now);
  if (ended.length + added.length > 0) await transaction.announce(publishersDiffer, { subject });
}

function pairKey({ scans }: DifferingPair, byScan: ReadonlyMap<ScanId, Candidate>): string {
  const sides = scans.map((scan) => [byScan.get(scan)?.key, byScan.get(scan)?.contents]);
  return createHash('sha256')
    .update(canonicalText(sides.map(canonicalText).toSorted()))
    .digest('base64url');
}

async function addDifference(
  transaction: Transaction,
  { subject, pair }: { readonly subject: SubjectId; readonly pair: string },
  { scans: [scan, other], by }: DifferingPair,
): Promise<void> {
  const [left, right] = [await readScan(transaction, scan), await readScan(transaction, other)];
  if (left === undefined || right === undefined) return;
  const differs = JSON.stringify(differingPackages([left.catalog, right.catalog], mostDiffering));
  await transaction
    .query(catalogSchema)
    .insertInto('difference')
    .values({ subject, pair, scan, other_scan: other, settled_by: by, differs })
    .execute();
}

/** A publisher that sends the same again differs as before; the newest scan of it is named. */
async function followScans(
  transaction: Transaction,
  subject: SubjectId,
  now: ReadonlyMap<string, DifferingPair>,
): Promise<void> {
  for (const [pair, { scans }] of now)
    await transaction
      .query(catalogSchema)
      .updateTable('difference')
      .set({ scan: scans[0], other_scan: scans[1] })
      .where('subject', '=', subject)
      .where('pair', '=', pair)
      .execute();
}

/** What publishers found differently in one image. */
export async function differencesOf(queries: Queries, subject: SubjectId): Promise<readonly Difference[]> {
  return await readDifferences(queries, sql`where subject = ${subject}`);
}

/** All images in which publishers found different things. */
export async function listDifferences(queries: Queries): Promise<readonly Difference[]> {
  return await readDifferences(queries, sql``);
}

async function readDifferences(queries: Queries, wanted: RawBuilder<unknown>): Promise<readonly Difference[]> {
  const { rows } = await sql<{
    subject: SubjectId;
    id: string;
    scan: ScanId;
    other: ScanId;
    settledBy: DifferingPair['by'];
    differs: readonly string[];
  }>`
    select subject, pair as id, scan, other_scan as other, settled_by as "settledBy", differs
    from catalog.difference ${wanted} order by subject, pair`.execute(queries.query(catalogSchema));
  const records = await readScanRecords(
    queries,
    rows.flatMap(({ scan, other }) => [scan, other]),
  );
  return rows.map(({ scan, other, ...rest }) => ({
    ...rest,
    scans: [scan, other].flatMap((one) => records.get(one) ?? []).map(toSide),
  }));
}

function toSide({ scan, publisher: { kind, id, name }, packages, receivedAt }: ScanRecord): DifferingScan {
  return { scan, publisher: { kind, id, name }, packages, at: receivedAt };
}
