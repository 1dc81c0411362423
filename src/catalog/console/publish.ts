import { repositoryOf } from '#access/index.ts';
import { AppError, type Clock, type ScanId, type SubjectId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';
import { packJson, type Store, type Transaction } from '#store/index.ts';
import type { ScanPublication } from '../contract.ts';
import { boundScans } from './bound-scans.ts';
import { contradictionsIn } from './consistency.ts';
import { contentDigests } from './content.ts';
import { compareWitnesses } from './disagreements.ts';
import { packDocument } from './document.ts';
import { catalogStored, type ScanOfSubject } from './facts.ts';
import { excessesIn } from './quota.ts';
import { catalogSchema } from './schema.ts';
import { subjectIdOf } from './subject-id.ts';
import { chooseVoice } from './voice.ts';
import { type Witness, witnessKey } from './witness.ts';

export interface PublishOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly newScanId: () => ScanId;
}

/** A publication that is sound, ready to be stored. */
export interface PackedPublication {
  readonly publication: ScanPublication;
  readonly subject: SubjectId;
  readonly document: Buffer;
  /** Missing: it does not tell of executables. */
  readonly executables?: Buffer;
}

/** Throws `bad-request` when the publication contradicts itself or holds more than one image may. */
export async function packPublication(publication: ScanPublication): Promise<PackedPublication> {
  const excesses = excessesIn(publication.catalog);
  if (excesses.length > 0) throw new AppError('bad-request', excesses.join('; '));
  const contradictions = contradictionsIn(publication);
  if (contradictions.length > 0) throw new AppError('bad-request', contradictions.join('; '));
  const { subject, catalog } = publication;
  const { executables, ...rest } = catalog;
  return {
    publication,
    subject: subjectIdOf(subject),
    document: await packDocument({ subject, catalog: rest }),
    ...(executables && { executables: await packJson(executables) }),
  };
}

/**
 * Stores a publication as a scan record of its own, and with it the fact that the rest of the product follows.
 * All of it commits together. Throws `bad-request` when the publication contradicts itself.
 */
export async function storePublication(
  publication: ScanPublication,
  witness: Witness,
  options: PublishOptions,
): Promise<ScanOfSubject> {
  const packed = await packPublication(publication);
  return await options.store.transaction(
    async (transaction) => await storePacked(transaction, { packed, witness }, options),
  );
}

/** Stores the scan, says who speaks for its subject now, and compares it with what others say of the same image. */
export async function storePacked(
  transaction: Transaction,
  { packed, witness }: { readonly packed: PackedPublication; readonly witness: Witness },
  { clock, newScanId }: Omit<PublishOptions, 'store'>,
): Promise<ScanOfSubject> {
  const { publication, subject } = packed;
  const stored = { scan: newScanId(), subject };
  await transaction.lock(subject);
  const now = clock();
  await storeSubject(transaction, publication, now);
  await transaction
    .query(catalogSchema)
    .insertInto('scan')
    .values({ id: stored.scan, received_at: now, ...columnsOf(packed), ...witnessColumns(witness) })
    .execute();
  await transaction.announce(catalogStored, stored);
  await chooseVoice(transaction, subject);
  await compareWitnesses(transaction, subject);
  await boundScans(transaction, subject);
  return stored;
}

function columnsOf({ publication, subject, document, executables }: PackedPublication) {
  const { catalog, job, application = null } = publication;
  return {
    subject,
    document,
    executables: executables ?? null,
    target: publication.target,
    scanned_at: new Date(publication.scannedAt),
    scanner: JSON.stringify(publication.scanner),
    job: job === undefined ? null : JSON.stringify(job),
    job_name: job?.name ?? null,
    application,
    repositories: repositoriesOf(publication.subject),
    aliases: aliasesOf(publication.subject),
    analyzers: JSON.stringify(catalog.analyzers),
    packages: catalog.packages.length,
    faults: catalog.faults.length,
    ...contentDigests(catalog),
  };
}

function repositoriesOf(subject: Subject): readonly string[] {
  return subject.kind === 'image' ? [...new Set(subject.names.map(repositoryOf))] : [];
}

function aliasesOf(subject: Subject): readonly string[] {
  if (subject.kind !== 'image') return [];
  return [subject.manifestDigest, subject.indexDigest].filter((digest) => digest !== undefined);
}

function witnessColumns(witness: Witness) {
  return { witness: JSON.stringify(witness), witness_key: witnessKey(witness) };
}

/** Keeps the newest description of the subject; an image that arrives without names keeps the ones it had. */
async function storeSubject(transaction: Transaction, { subject }: ScanPublication, now: Date): Promise<void> {
  const id = subjectIdOf(subject);
  const database = transaction.query(catalogSchema);
  const known = await database.selectFrom('subject').select('document').where('id', '=', id).executeTakeFirst();
  const document = JSON.stringify(withNames(subject, known?.document));
  await database
    .insertInto('subject')
    .values({ id, kind: subject.kind, document, first_seen: now, last_seen: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ document, last_seen: now }))
    .execute();
}

function withNames(subject: Subject, known: Subject | undefined): Subject {
  if (subject.kind !== 'image' || subject.names.length > 0 || known?.kind !== 'image') return subject;
  return { ...subject, names: known.names };
}
