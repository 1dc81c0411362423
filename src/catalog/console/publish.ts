import type { Clock, ScanId } from '#base/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import type { ScanPublication } from '../contract.ts';
import { boundScans } from './bound-scans.ts';
import { chooseCounting } from './counting.ts';
import { catalogStored, type ScanOfSubject } from './facts.ts';
import { type PackedPublication, packPublication } from './pack-publication.ts';
import { publisherKey } from '../publisher-key.ts';
import type { Publisher } from './publisher.ts';
import type { OriginsOf } from './publishers.ts';
import { catalogSchema } from './schema.ts';

export interface PublishOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly newScanId: () => ScanId;
  readonly originsOf: OriginsOf;
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

interface PackedScan {
  readonly packed: PackedPublication;
  readonly publisher: Publisher;
}

/** Stores the scan, and chooses anew which scans of its subject count. */
export async function storePacked(
  transaction: Transaction,
  { packed, publisher }: PackedScan,
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
  { clock, newScanId, originsOf }: Omit<PublishOptions, 'store'>,
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
  await boundScans(transaction, subject);
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
