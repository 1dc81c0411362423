import type { SubjectId } from '#base/index.ts';
import { isInCollection } from '#access/index.ts';
import { analyzeChanged } from './analyze.ts';
import { applicationKey } from './application-key.ts';
import { saveApplications, saveCollectionsOf, applicationsOf } from './membership.ts';
import { refreshHost, type RefreshContext, refreshSubject } from './refresh.ts';
import { explorerSchema } from './schema.ts';
import { sumAndReport } from './sum-and-report.ts';

/** Fills in what is missing, as after an update that emptied the tables; cheap when nothing is. */
export async function refreshAll(context: RefreshContext): Promise<void> {
  const { store, sources } = context;
  const database = store.query(explorerSchema);
  const subjects = await database.selectFrom('subject_selectable').select('subject').execute();
  const hosts = await database.selectFrom('host_row').select('host').execute();
  const known = new Set<string>([...subjects.map((row) => row.subject), ...hosts.map((row) => row.host)]);
  for (const host of await sources.hostNames(store)) if (!known.has(host)) await refreshHost(context, host);
  const missing = (await sources.subjects(store)).filter((subject) => !known.has(subject)).values();
  await Promise.all([0, 1].map(async () => await refreshEach(context, missing)));
  // Of what a console left that ended before it had summed all.
  await sumAndReport(store, []);
  await analyzeChanged(store);
}

/** So many subjects are brought before PostgreSQL looks at the tables again. */
const analyzedAfter = 50;

async function refreshEach(context: RefreshContext, subjects: Iterable<SubjectId>): Promise<void> {
  let brought = 0;
  for (const subject of subjects) {
    await refreshSubject(context, subject, 'everything');
    if (++brought % analyzedAfter === 0) await analyzeChanged(context.store);
  }
}

/** Brings every subject's collections, and the applications that they stand for, to the collections of now. */
export async function refreshCollections({ store, sources }: RefreshContext): Promise<void> {
  const subjects = await store.query(explorerSchema).selectFrom('subject_selectable').select('subject').execute();
  for (const { subject } of subjects) {
    await store.transaction(async (transaction) => {
      await transaction.lock(subject);
      const database = transaction.query(explorerSchema);
      const kept = await database
        .selectFrom('subject_selectable')
        .select('selectables')
        .where('subject', '=', subject)
        .executeTakeFirst();
      if (kept === undefined) return;
      const collections = await sources.collections(transaction);
      const holding = collections.filter((one) =>
        kept.selectables.some((selectable) => isInCollection(one, selectable)),
      );
      await saveCollectionsOf(
        transaction,
        subject,
        holding.map((one) => one.id),
      );
      const others = await database
        .selectFrom('application_row')
        .select(['name', 'origin'])
        .where('subject', '=', subject)
        .where('origin', '<>', 'collection')
        .execute();
      const named = new Set(others.map((one) => applicationKey(one.name)));
      const ofCollections = applicationsOf({ placements: [], built: null }, holding).filter(
        (one) => !named.has(applicationKey(one.name)),
      );
      await saveApplications(transaction, subject, [...others, ...ofCollections]);
    });
  }
  await sumAndReport(
    store,
    subjects.map(({ subject }) => ({ kind: 'image-changed', subject })),
  );
}
