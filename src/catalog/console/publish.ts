import { AppError, type Clock, type ScanId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';
import type { Store, Transaction } from '#store/index.ts';
import type { ScanPublication } from '../contract.ts';
import { contradictionsIn } from './consistency.ts';
import { packDocument } from './document.ts';
import { catalogStored, type ScanOfSubject } from './facts.ts';
import { catalogSchema, type Witness } from './schema.ts';
import { subjectIdOf } from './subject-id.ts';

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
  const contradictions = contradictionsIn(publication);
  if (contradictions.length > 0) throw new AppError('bad-request', contradictions.join('; '));
  const { subject, catalog } = publication;
  const stored = {
    scan: options.newScanId(),
    subject: subjectIdOf(subject),
    document: await packDocument({ subject, catalog }),
  };
  await options.store.transaction(async (transaction) => {
    await transaction.lock(stored.subject);
    const now = options.clock();
    await storeSubject(transaction, publication, now);
    await transaction
      .query(catalogSchema)
      .insertInto('scan')
      .values({
        id: stored.scan,
        subject: stored.subject,
        target: publication.target,
        scanned_at: new Date(publication.scannedAt),
        received_at: now,
        scanner: JSON.stringify(publication.scanner),
        job: publication.job === undefined ? null : JSON.stringify(publication.job),
        witness: JSON.stringify(witness),
        analyzers: JSON.stringify(catalog.analyzers),
        packages: catalog.packages.length,
        faults: catalog.faults.length,
        document: stored.document,
      })
      .execute();
    await transaction.announce(catalogStored, { scan: stored.scan, subject: stored.subject });
  });
  return { scan: stored.scan, subject: stored.subject };
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
