import { type RawBuilder, sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { differingPackages } from './content.ts';
import { witnessesDisagree } from './facts.ts';
import { readScan, readScanRecords, type ScanRecord } from './scans.ts';
import { catalogSchema } from './schema.ts';

/** Two scans of one image by the same analyzers, from two witnesses, that differ in what they found. */
export interface Disagreement {
  readonly subject: SubjectId;
  /** Two of them. */
  readonly scans: readonly {
    readonly scan: ScanId;
    /** Name of who published it. */
    readonly witness: string;
    readonly packages: number;
    /** When it was received. */
    readonly at: string;
  }[];
  /** Package URLs that only one of them has, or has in another layer; the first 20. */
  readonly differs: readonly string[];
}

const mostDiffering = 20;
/** Contents of one image that are compared; a witness can send any number. */
const mostContents = 8;

/**
 * Compares what witnesses say of an image now, the newest of each, and announces each difference that is new. Those that
 * are no more are forgotten. Needs the subject's lock.
 */
export async function compareWitnesses(transaction: Transaction, subject: SubjectId): Promise<void> {
  if (!subject.startsWith('sha256:')) return;
  const pairs = pairsOf(await newestContents(transaction, subject));
  const kept = pairs.map(([left, right]) => keyOf(left.content, right.content));
  const database = transaction.query(catalogSchema);
  const known = await database.selectFrom('disagreement').selectAll().where('subject', '=', subject).execute();
  for (const { content, other_content: other } of known) {
    if (kept.includes(keyOf(content, other))) continue;
    await database
      .deleteFrom('disagreement')
      .where('subject', '=', subject)
      .where('content', '=', content)
      .where('other_content', '=', other)
      .execute();
  }
  const before = new Set(known.map(({ content, other_content: other }) => keyOf(content, other)));
  const added = pairs.filter(([left, right]) => !before.has(keyOf(left.content, right.content)));
  for (const pair of added) await addDisagreement(transaction, subject, pair);
  if (added.length > 0) await transaction.announce(witnessesDisagree, { subject });
}

interface Told {
  readonly scan: ScanId;
  readonly basis: string;
  readonly content: string;
}

type Pair = readonly [Told, Told];

async function newestContents(queries: Queries, subject: SubjectId): Promise<readonly Told[]> {
  const { rows } = await sql<Told>`
    select distinct on (basis, content) id as scan, basis, content from (
      select distinct on (basis, witness_key) id, basis, content, sequence from catalog.scan
      where subject = ${subject} and basis is not null and content is not null
      order by basis, witness_key, sequence desc
    ) as newest order by basis, content, sequence desc`.execute(queries.query(catalogSchema));
  return rows;
}

function pairsOf(told: readonly Told[]): readonly Pair[] {
  return [...Map.groupBy(told, ({ basis }) => basis).values()].flatMap((group) => {
    const contents = group.slice(0, mostContents);
    return contents.flatMap((left, at) => contents.slice(at + 1).map((right): Pair => [left, right]));
  });
}

function keyOf(content: string, other: string): string {
  return [content, other].toSorted().join();
}

async function addDisagreement(transaction: Transaction, subject: SubjectId, pair: Pair): Promise<void> {
  const [left, right] = [await readScan(transaction, pair[0].scan), await readScan(transaction, pair[1].scan)];
  if (left === undefined || right === undefined) return;
  await transaction
    .query(catalogSchema)
    .insertInto('disagreement')
    .values({
      subject,
      content: pair[0].content,
      other_content: pair[1].content,
      scan: left.scan,
      other_scan: right.scan,
      differs: JSON.stringify(differingPackages([left.catalog, right.catalog], mostDiffering)),
    })
    .execute();
}

/** What witnesses say differently of one image. */
export async function disagreementsOf(queries: Queries, subject: SubjectId): Promise<readonly Disagreement[]> {
  return await readDisagreements(queries, sql`where subject = ${subject}`);
}

/** All images of which witnesses say different things. */
export async function listDisagreements(queries: Queries): Promise<readonly Disagreement[]> {
  return await readDisagreements(queries, sql``);
}

async function readDisagreements(queries: Queries, wanted: RawBuilder<unknown>): Promise<readonly Disagreement[]> {
  const { rows } = await sql<{
    subject: SubjectId;
    scan: ScanId;
    other: ScanId;
    differs: readonly string[];
  }>`
    select subject, scan, other_scan as other, differs from catalog.disagreement ${wanted}
    order by subject, content, other_content`.execute(queries.query(catalogSchema));
  const records = await readScanRecords(
    queries,
    rows.flatMap(({ scan, other }) => [scan, other]),
  );
  return rows.map(({ subject, scan, other, differs }) => ({
    subject,
    scans: [scan, other].flatMap((one) => records.get(one) ?? []).map(toSide),
    differs,
  }));
}

function toSide({ scan, witness, packages, receivedAt }: ScanRecord): Disagreement['scans'][number] {
  return { scan, witness: witness.name, packages, at: receivedAt };
}
