import { sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import { contentsOf, isWhole } from '../contents.ts';
import type { Catalog } from '../contract.ts';
import type { AnalyzersClass, Contents } from '../counting-scans.ts';
import { classOf, type ScannedKind } from '../releases.ts';
import { layersDigest } from './document.ts';
import type { Publisher } from './publisher.ts';
import { readScan } from './scans.ts';
import { catalogSchema } from './schema.ts';

/** A scan that may count, before it is known who is worth what. */
export interface Candidate {
  readonly scan: ScanId;
  readonly sequence: number;
  readonly publisher: Publisher;
  readonly key: string;
  /** Sequence of the first scan of its publisher that is kept. */
  readonly since: number;
  readonly usable: boolean;
  readonly analyzers: AnalyzersClass;
  /** The analyzers themselves. */
  readonly listed: Catalog['analyzers'];
  readonly contents: Contents;
  /** Digests of manifest and index by which its publisher says that it found the image. */
  readonly aliases: readonly string[];
  /** Where it counted before scans were chosen by proof; null: wherever the subject lies. Missing: nowhere. */
  readonly carried?: readonly string[] | null;
}

/** Scans of one publisher that are looked at: with these many sets of analyzers beside each other. */
const mostOfOne = 8;

/**
 * The newest scans of each publisher by each set of analyzers, whole ones apart from others, and the one that is carried
 * over. What scans from before this release found is worked out here, once. Needs the subject's lock.
 */
export async function readCandidates(transaction: Transaction, subject: SubjectId): Promise<readonly Candidate[]> {
  const rows = await readRows(transaction, subject);
  const kind = await readKind(transaction, subject);
  const candidates: Candidate[] = [];
  for (const row of rows) {
    const made = await madeOf(transaction, row);
    if (made === undefined) continue;
    candidates.push({
      scan: row.scan,
      sequence: row.sequence,
      publisher: row.publisher,
      key: row.key,
      since: row.since,
      usable: made.whole,
      analyzers: classOf(row.analyzers, kind),
      listed: row.analyzers,
      contents: made.contents,
      aliases: row.aliases,
      ...(row.is_carried ? { carried: row.environments } : {}),
    });
  }
  return candidates;
}

interface Row {
  readonly scan: ScanId;
  readonly sequence: number;
  readonly publisher: Publisher;
  readonly key: string;
  readonly since: number;
  readonly analyzers: Catalog['analyzers'];
  readonly contents: Contents | null;
  readonly whole: boolean | null;
  readonly aliases: readonly string[];
  readonly is_carried: boolean;
  readonly environments: readonly string[] | null;
}

async function readRows(queries: Queries, subject: SubjectId): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    with newest as (
      select distinct on (witness_key, analyzers::text, coalesce(whole, true)) id from catalog.scan
      where subject = ${subject} order by witness_key, analyzers::text, coalesce(whole, true), sequence desc
    ), few as (
      select id, row_number() over (partition by witness_key order by sequence desc) as place
      from catalog.scan where id in (select id from newest)
    )
    select scan.id as scan, sequence, witness as publisher, witness_key as key, analyzers, contents, whole, aliases,
      carried.scan is not null as is_carried, environments,
      (select min(first.sequence) from catalog.scan as first
        where first.subject = ${subject} and first.witness_key = scan.witness_key) as since
    from catalog.scan
      left join catalog.carried on carried.scan = scan.id
    where scan.subject = ${subject}
      and (carried.scan is not null or scan.id in (select id from few where place <= ${mostOfOne}))
    order by sequence`.execute(queries.query(catalogSchema));
  return rows;
}

/** What a subject is, as far as it decides which analyzers there must be. */
export async function readKind(queries: Queries, subject: SubjectId): Promise<ScannedKind> {
  const row = await queries
    .query(catalogSchema)
    .selectFrom('subject')
    .select('document')
    .where('id', '=', subject)
    .executeTakeFirst();
  return row?.document.kind === 'image' ? { kind: 'image', os: row.document.platform.os } : { kind: 'file-system' };
}

async function madeOf(
  transaction: Transaction,
  { scan, contents, whole }: Row,
): Promise<{ readonly contents: Contents; readonly whole: boolean } | undefined> {
  if (contents !== null && whole !== null) return { contents, whole };
  const stored = await readScan(transaction, scan);
  if (stored === undefined) return undefined;
  const made = {
    contents: contentsOf(stored.document, stored.catalog),
    whole: isWhole(stored.document, stored.catalog),
  };
  await transaction
    .query(catalogSchema)
    .updateTable('scan')
    .set({ contents: JSON.stringify(made.contents), whole: made.whole, layers: layersOf(stored.document) })
    .where('id', '=', scan)
    .execute();
  return made;
}

function layersOf(subject: Subject): string | null {
  return layersDigest(subject) ?? null;
}
