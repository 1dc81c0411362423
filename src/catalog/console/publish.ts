import { matchesPattern, repositoryOf } from '#access/index.ts';
import { AppError, type Clock, type ScanId, type SubjectId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';
import { packJson, type Store, type Transaction } from '#store/index.ts';
import { contentsOf, isWhole } from '../contents.ts';
import type { ScanPublication } from '../contract.ts';
import { documentDigest, sharedSubject } from '../document-digest.ts';
import { contradictionsIn } from './consistency.ts';
import { chooseCounting } from './counting.ts';
import { layersDigest, packDocument } from './document.ts';
import { catalogStored, type ScanOfSubject } from './facts.ts';
import { type Publisher, publisherKey } from './publisher.ts';
import type { OriginsOf } from './publishers.ts';
import { catalogSchema } from './schema.ts';
import { subjectIdOf } from './subject-id.ts';

export interface PublishOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly newScanId: () => ScanId;
  /** Missing: no image is known to come from a trusted registry. */
  readonly originsOf?: OriginsOf;
}

/** A publication that is sound, ready to be stored: small values and bytes alone, so that another process may make it. */
export interface PackedPublication {
  readonly subject: SubjectId;
  readonly kind: Subject['kind'];
  /** Columns of the scan; what is JSON there is its text here. */
  readonly columns: PackedColumns;
  /** See `documentDigest`; the documents of scans that found the same are stored once. */
  readonly digest: string;
  readonly document: Buffer;
  /** Missing: it does not list executables. */
  readonly executables?: Buffer;
}

/** What a scan row takes from its publication. */
export interface PackedColumns {
  readonly target: string;
  readonly scanned_at: Date;
  readonly scanner: string;
  readonly job: string | null;
  readonly job_name: string | null;
  readonly application: string | null;
  readonly described: string;
  readonly repositories: readonly string[];
  readonly aliases: readonly string[];
  readonly analyzers: string;
  readonly packages: number;
  readonly faults: number;
  readonly contents: string;
  readonly whole: boolean;
  readonly layers: string | null;
}

/**
 * Everything that needs the parsed publication, with no I/O. Names outside of a token's repositories are left out. Throws
 * `bad-request` when the publication contradicts itself, and `outside-repositories` when a token publishes an image that
 * none of its repositories names.
 */
export async function packPublication(
  publication: ScanPublication,
  publisher: Pick<Publisher, 'kind' | 'repositories'>,
): Promise<PackedPublication> {
  const contradictions = contradictionsIn(publication);
  if (contradictions.length > 0) throw new AppError('bad-request', contradictions.join('; '));
  const { subject, target } = withinRepositories(publication, publisher);
  const { catalog } = publication;
  const { executables, ...rest } = catalog;
  return {
    subject: subjectIdOf(subject),
    kind: subject.kind,
    columns: columnsOf({ ...publication, subject, target }),
    digest: documentDigest(subject, catalog),
    document: await packDocument({ subject: sharedSubject(subject), catalog: rest }),
    ...(executables && { executables: await packJson(executables) }),
  };
}

/** A token names images of its own repositories; what it says of others is not kept. */
function withinRepositories(
  { subject, target }: ScanPublication,
  { kind, repositories = [] }: Pick<Publisher, 'kind' | 'repositories'>,
): Pick<ScanPublication, 'subject' | 'target'> {
  if (kind !== 'token' || subject.kind !== 'image') return { subject, target };
  const isOwn = (name: string) => repositories.some((pattern) => matchesPattern(pattern, repositoryOf(name)));
  const names = subject.names.filter(isOwn);
  const [first] = names;
  if (first === undefined)
    throw new AppError('outside-repositories', outside(repositories, subject.names.map(repositoryOf)));
  return { subject: { ...subject, names }, target: subject.names.includes(target) && !isOwn(target) ? first : target };
}

function outside(own: readonly string[], named: readonly string[]): string {
  if (own.length === 0) return 'This token publishes for no repository.';
  const told = named.length === 0 ? 'the image has no name' : `the image is called ${named.slice(0, 5).join(', ')}`;
  return `This token publishes for ${own.slice(0, 5).join(', ')}, and ${told}.`;
}

function columnsOf({ subject, catalog, job, application, ...rest }: ScanPublication): PackedColumns {
  return {
    target: rest.target,
    scanned_at: new Date(rest.scannedAt),
    scanner: JSON.stringify(rest.scanner),
    job: job === undefined ? null : JSON.stringify(job),
    job_name: job?.name ?? null,
    application: application ?? null,
    described: JSON.stringify(subject),
    repositories: subject.kind === 'image' ? [...new Set(subject.names.map(repositoryOf))] : [],
    aliases: aliasesOf(subject),
    analyzers: JSON.stringify(catalog.analyzers),
    packages: catalog.packages.length,
    faults: catalog.faults.length,
    contents: JSON.stringify(contentsOf(subject, catalog)),
    whole: isWhole(subject, catalog),
    layers: layersDigest(subject) ?? null,
  };
}

function aliasesOf(subject: Subject): readonly string[] {
  if (subject.kind !== 'image') return [];
  return [subject.manifestDigest, subject.indexDigest].filter((digest) => digest !== undefined);
}

/**
 * Stores a publication as a scan record of its own, and with it the fact that the rest of the product follows. All of it
 * commits together. Throws as `packPublication`.
 */
export async function storePublication(
  publication: ScanPublication,
  publisher: Publisher,
  options: PublishOptions,
): Promise<ScanOfSubject> {
  const packed = await packPublication(publication, publisher);
  return await options.store.transaction(
    async (transaction) => await storePacked(transaction, { packed, publisher }, options),
  );
}

/** Stores the scan, and chooses anew which scans of its subject count. */
export async function storePacked(
  transaction: Transaction,
  { packed, publisher }: { readonly packed: PackedPublication; readonly publisher: Publisher },
  options: Omit<PublishOptions, 'store'>,
): Promise<ScanOfSubject> {
  const { subject, kind, columns, digest } = packed;
  await transaction.lock(subject);
  await storeDocument(transaction, packed);
  return await storeScan(transaction, { subject, kind, columns, digest, publisher }, options);
}

/** A scan whose content is stored already. */
export interface NewScan extends Pick<PackedPublication, 'subject' | 'kind' | 'columns' | 'digest'> {
  readonly publisher: Publisher;
}

/** The caller holds the subject's lock. */
export async function storeScan(
  transaction: Transaction,
  { subject, kind, columns, digest, publisher }: NewScan,
  { clock, newScanId, originsOf = nowhere }: Omit<PublishOptions, 'store'>,
): Promise<ScanOfSubject> {
  const stored = { scan: newScanId(), subject };
  const now = clock();
  const database = transaction.query(catalogSchema);
  await database
    .insertInto('subject')
    .values({ id: subject, kind, document: columns.described, first_seen: now, last_seen: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ last_seen: now }))
    .execute();
  const publisherColumns = { witness: JSON.stringify(publisher), witness_key: publisherKey(publisher) };
  await database
    .insertInto('scan')
    .values({ id: stored.scan, subject, received_at: now, content_digest: digest, ...columns, ...publisherColumns })
    .execute();
  await transaction.announce(catalogStored, stored);
  await chooseCounting(transaction, subject, originsOf);
  return stored;
}

async function storeDocument(
  transaction: Transaction,
  { digest, document, executables }: PackedPublication,
): Promise<void> {
  await transaction
    .query(catalogSchema)
    .insertInto('document')
    .values({ digest, document, executables: executables ?? null })
    // Taken hold of also where it is known, so that nobody deletes it meanwhile.
    .onConflict((conflict) => conflict.column('digest').doUpdateSet({ digest }))
    .execute();
}

/** No image is known to come from a trusted registry. */
export const nowhere: OriginsOf = async () => [];
