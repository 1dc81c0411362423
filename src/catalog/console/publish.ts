import type { Clock, ScanId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import type { ScanPublication } from '../contract.ts';
import { compareWitnesses } from './disagreements.ts';
import { catalogStored, type ScanOfSubject } from './facts.ts';
import { type PackedPublication, packPublication } from './pack-publication.ts';
import { catalogSchema } from './schema.ts';
import { chooseVoice } from './voice.ts';
import { type Witness, witnessKey } from './witness.ts';

export interface PublishOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly newScanId: () => ScanId;
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
  return await storeOne({ packed: await packPublication(publication), witness }, options);
}

/** Stores what a child process packed. */
export async function storeOne(scan: PackedScan, options: PublishOptions): Promise<ScanOfSubject> {
  return await options.store.transaction(async (transaction) => await storePacked(transaction, scan, options));
}

interface PackedScan {
  readonly packed: PackedPublication;
  readonly witness: Witness;
}

/** Stores the scan, says who speaks for its subject now, and compares it with what others say of the same image. */
export async function storePacked(
  transaction: Transaction,
  { packed, witness }: PackedScan,
  { clock, newScanId }: Omit<PublishOptions, 'store'>,
): Promise<ScanOfSubject> {
  const { subject, columns, document, executables = null } = packed;
  const stored = { scan: newScanId(), subject };
  await transaction.lock(subject);
  const now = clock();
  await storeSubject(transaction, packed, now);
  await transaction
    .query(catalogSchema)
    .insertInto('scan')
    .values({
      id: stored.scan,
      subject,
      received_at: now,
      document,
      executables,
      ...columns,
      ...witnessColumns(witness),
    })
    .execute();
  await transaction.announce(catalogStored, stored);
  await chooseVoice(transaction, subject);
  await compareWitnesses(transaction, subject);
  return stored;
}

function witnessColumns(witness: Witness) {
  return { witness: JSON.stringify(witness), witness_key: witnessKey(witness) };
}

/** Keeps the newest description of the subject; an image that arrives without names keeps the ones it had. */
async function storeSubject(transaction: Transaction, packed: PackedPublication, now: Date): Promise<void> {
  const { subject: id, described: subject } = packed;
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
