import { type Selectable, sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';
import { type Queries, unpackBytes } from '#store/index.ts';
import type { Catalog, Job, ScanPublication } from '../contract.ts';
import { unpackDocument } from './document.ts';
import type { ScanOfSubject } from './facts.ts';
import { type CatalogTables, catalogSchema } from './schema.ts';
import type { Publisher } from './publisher.ts';

/** One publication without its content. Moments are ISO 8601 in UTC. */
export interface ScanRecord extends ScanOfSubject {
  readonly target: string;
  /** As the scanner's clock had it. */
  readonly scannedAt: string;
  readonly receivedAt: string;
  readonly scanner: ScanPublication['scanner'];
  readonly job?: Job;
  /** As the build named it. */
  readonly application?: string;
  readonly publisher: Publisher;
  readonly packages: number;
  readonly faults: number;
  /** Digest of the image's layers; missing: not known, or no image. */
  readonly layers?: string;
}

/** One publication as it came in. */
export interface StoredScan extends ScanRecord {
  readonly document: Subject;
  readonly catalog: Catalog;
}

export interface StoredSubject {
  readonly document: Subject;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** The scan with its subject and catalog, or `undefined` when there is none of this id. */
export async function readScan(queries: Queries, scan: ScanId): Promise<StoredScan | undefined> {
  const row = await queries
    .query(catalogSchema)
    .selectFrom('scan')
    .leftJoin('document as shared', 'shared.digest', 'scan.content_digest')
    .select([...recordColumns.map((column) => `scan.${column}` as const), 'described'])
    .select((is) => is.fn.coalesce('shared.document', 'scan.document').as('document'))
    .where('id', '=', scan)
    .executeTakeFirst();
  if (row === undefined || row.document === null) return undefined;
  const { subject, catalog } = await unpackDocument(row.document);
  return { ...toRecord(row), document: row.described ?? subject, catalog };
}

/** The document of a scan as JSON bytes, `{format, subject, catalog}`, for a thread that parses it itself. */
export async function readScanJson(queries: Queries, scan: ScanId): Promise<Uint8Array | undefined> {
  const row = await queries
    .query(catalogSchema)
    .selectFrom('scan')
    .leftJoin('document as shared', 'shared.digest', 'scan.content_digest')
    .select((is) => is.fn.coalesce('shared.document', 'scan.document').as('document'))
    .where('id', '=', scan)
    .executeTakeFirst();
  return row === undefined || row.document === null ? undefined : await unpackBytes(row.document);
}

/** The scan without its catalog. */
export async function readScanRecord(queries: Queries, scan: ScanId): Promise<ScanRecord | undefined> {
  const row = await queries
    .query(catalogSchema)
    .selectFrom('scan')
    .select(recordColumns)
    .where('id', '=', scan)
    .executeTakeFirst();
  return row === undefined ? undefined : toRecord(row);
}

/** Scans of a subject, newest first. */
export async function listScans(
  queries: Queries,
  subject: SubjectId,
  options: { readonly limit: number },
): Promise<readonly ScanRecord[]> {
  const rows = await queries
    .query(catalogSchema)
    .selectFrom('scan')
    .select(recordColumns)
    .where('subject', '=', subject)
    .orderBy('sequence', 'desc')
    .limit(options.limit)
    .execute();
  return rows.map(toRecord);
}

/** The scan of a subject that pages show; `undefined` while none may be. */
export async function readShownScan(queries: Queries, subject: SubjectId): Promise<ScanRecord | undefined> {
  const row = await queries
    .query(catalogSchema)
    .selectFrom('scan')
    .innerJoin('shown_scan', 'shown_scan.scan', 'scan.id')
    .select(recordColumns.map((column) => `scan.${column}` as const))
    .where('shown_scan.subject', '=', subject)
    .executeTakeFirst();
  return row === undefined ? undefined : toRecord(row);
}

/** The scans that pages show of subjects, without their catalogs; those without one are missing. */
export async function readShownRecords(
  queries: Queries,
  subjects: readonly SubjectId[],
): Promise<ReadonlyMap<SubjectId, ScanRecord>> {
  const rows = await queries
    .query(catalogSchema)
    .selectFrom('scan')
    .innerJoin('shown_scan', 'shown_scan.scan', 'scan.id')
    .select(recordColumns.map((column) => `scan.${column}` as const))
    .where('shown_scan.subject', '=', sql<SubjectId>`any(${subjects}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.subject, toRecord(row)]));
}

/** Scans without their catalogs, by id; those that there are none of are missing. */
export async function readScanRecords(
  queries: Queries,
  scans: readonly ScanId[],
): Promise<ReadonlyMap<ScanId, ScanRecord>> {
  const rows = await queries
    .query(catalogSchema)
    .selectFrom('scan')
    .select(recordColumns)
    .where('id', '=', sql<ScanId>`any(${scans}::uuid[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, toRecord(row)]));
}

/** A subject as one scan describes it. */
export async function readDescription(queries: Queries, scan: ScanId): Promise<Subject | undefined> {
  const row = await queries
    .query(catalogSchema)
    .selectFrom('scan')
    .select('described')
    .where('id', '=', scan)
    .executeTakeFirst();
  return row?.described ?? (await readScan(queries, scan))?.document;
}

/** A subject as the scan that is shown describes it; `undefined` while none is. */
export async function readSubject(queries: Queries, subject: SubjectId): Promise<StoredSubject | undefined> {
  const row = await queries
    .query(catalogSchema)
    .selectFrom('shown_scan')
    .innerJoin('scan', 'scan.id', 'shown_scan.scan')
    .innerJoin('subject', 'subject.id', 'shown_scan.subject')
    .select(['scan.id as scan', 'first_seen', 'last_seen'])
    .where('shown_scan.subject', '=', subject)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const document = await readDescription(queries, row.scan);
  if (document === undefined) return undefined;
  return { document, firstSeen: row.first_seen.toISOString(), lastSeen: row.last_seen.toISOString() };
}

/** Column of who vouches for a scan. */
export const publisherColumn = 'witness';

export const recordColumns = [
  'id',
  'subject',
  'target',
  'scanned_at',
  'received_at',
  'scanner',
  'job',
  'application',
  publisherColumn,
  'packages',
  'faults',
  'layers',
] as const satisfies readonly (keyof CatalogTables['scan'])[];

export type RecordRow = Pick<Selectable<CatalogTables['scan']>, (typeof recordColumns)[number]>;

export function toRecord(row: RecordRow): ScanRecord {
  return {
    scan: row.id,
    subject: row.subject,
    target: row.target,
    scannedAt: row.scanned_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    scanner: row.scanner,
    ...(row.job === null ? {} : { job: row.job }),
    ...(row.application === null ? {} : { application: row.application }),
    publisher: row.witness,
    packages: row.packages,
    faults: row.faults,
    ...(row.layers === null ? {} : { layers: row.layers }),
  };
}
