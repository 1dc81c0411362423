import type { Clock, SubjectId } from '#base/index.ts';
import { readScan, readShownExecutables, readShownScan, type StoredScan } from '#catalog/console/index.ts';
import type { Queries, Store, Transaction } from '#store/index.ts';
import { scanDocument } from '../document.ts';
import { imageDocumentOf } from '../image-document.ts';
import { forgetLayers, saveLayers } from './bases.ts';
import { complianceChanged } from './facts.ts';
import { imagesPlace } from './images-place.ts';
import { reportedOf, saveFacts, saveSubjects } from './report-documents.ts';
import { complianceSchema, type ComplianceTables } from './schema.ts';

interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Makes the facts of the scan that is shown of an image those of the subject `image`. Where none is, or it is older than
 * facts for checks, nothing is known of the image.
 */
export async function followImage({ store, clock }: Dependencies, subject: SubjectId): Promise<void> {
  if (!subject.startsWith('sha256:')) return;
  await store.transaction(async (transaction) => {
    await transaction.lock(`compliance ${subject}`);
    const known = await knownImage(transaction, subject);
    const scan = await shownScan(transaction, subject);
    const text = scan && imageDocumentOf(scan.catalog);
    if (scan === undefined || text === undefined) {
      if (known !== undefined) await forgetImage(transaction, subject);
      return;
    }
    await saveLayers(transaction, subject, scan);
    const at = new Date(Math.min(Date.parse(scan.scannedAt), clock().getTime()));
    const reported = reportedOf({
      at,
      body: {
        subject: { kind: 'image', id: subject, name: nameOf(scan) },
        documents: [{ kind: scanDocument, text }],
      },
    });
    const isSame = known?.facts === reported.facts;
    if (!isSame) await saveFacts(transaction, [reported]);
    const by = { id: scan.publisher.id, name: imagesPlace };
    await saveSubjects(transaction, by, {
      reported: [reported],
      known: new Map(known === undefined ? [] : [[`image ${subject}`, known]]),
    });
    if (!isSame) await transaction.announce(complianceChanged, { host: imagesPlace });
  });
}

async function knownImage(queries: Queries, subject: SubjectId) {
  return await queries
    .query(complianceSchema)
    .selectFrom('subject')
    .selectAll()
    .where('host', '=', imagesPlace)
    .where('kind', '=', 'image' satisfies ComplianceTables['subject']['kind'])
    .where('id', '=', subject)
    .executeTakeFirst();
}

async function shownScan(queries: Queries, subject: SubjectId): Promise<StoredScan | undefined> {
  const shown = await readShownScan(queries, subject);
  const scan = shown && (await readScan(queries, shown.scan));
  // Executables are stored apart, since few ask for them.
  const { executables } = (await readShownExecutables(queries, subject)) ?? {};
  if (scan === undefined || executables === undefined) return scan;
  return { ...scan, catalog: { ...scan.catalog, executables } };
}

function nameOf({ document, target }: StoredScan): string {
  const [first = target] = document.kind === 'image' ? document.names : [];
  return first.slice(0, 300);
}

async function forgetImage(transaction: Transaction, subject: SubjectId): Promise<void> {
  await forgetLayers(transaction, subject);
  await transaction
    .query(complianceSchema)
    .deleteFrom('subject')
    .where('host', '=', imagesPlace)
    .where('kind', '=', 'image')
    .where('id', '=', subject)
    .execute();
  await transaction.announce(complianceChanged, { host: imagesPlace });
}
