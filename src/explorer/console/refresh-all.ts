import { sql } from 'kysely';
import type { SubjectId } from '#base/index.ts';
import { isInCollection } from '#access/index.ts';
import { saveApplications, saveCollectionsOf, applicationsOf } from './membership.ts';
import { refreshHost, type RefreshGround, refreshSubject, sumAndTell } from './refresh.ts';
import { explorerSchema } from './schema.ts';

/** Brings back what is missing, as after an update that made the tables anew; cheap when nothing is. */
export async function refreshAll(ground: RefreshGround): Promise<void> {
  const { store, sources } = ground;
  const database = store.query(explorerSchema);
  const subjects = await database.selectFrom('subject_selectable').select('subject').execute();
  const hosts = await database.selectFrom('host_row').select('host').execute();
  const known = new Set<string>([...subjects.map((row) => row.subject), ...hosts.map((row) => row.host)]);
  for (const host of await sources.hostNames(store)) if (!known.has(host)) await refreshHost(ground, host);
  const missing = (await sources.subjects(store)).filter((subject) => !known.has(subject)).values();
  await Promise.all([0, 1].map(async () => await refreshEach(ground, missing)));
}

async function refreshEach(ground: RefreshGround, subjects: Iterable<SubjectId>): Promise<void> {
  for (const subject of subjects) await refreshSubject(ground, subject, 'everything');
}

/** Brings every subject's collections, and the applications that they stand for, to the collections of now. */
export async function refreshCollections({ store, sources }: RefreshGround): Promise<void> {
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
      const named = new Set(others.map((one) => one.name));
      const standing = applicationsOf({ placements: [], built: null }, holding).filter((one) => !named.has(one.name));
      await saveApplications(transaction, subject, [...others, ...standing]);
    });
  }
  await sumAndTell(
    store,
    subjects.map(({ subject }) => ({ kind: 'image-changed', subject })),
  );
}

/** Lets go of findings that no image holds any more. Waits for refreshes under way, since one of them may need one. */
export async function pruneFindings({ store, clock }: RefreshGround): Promise<void> {
  const twoDaysAgo = new Date(clock().getTime() - 2 * 24 * 60 * 60_000).toISOString().slice(0, 10);
  await store.transaction(async (transaction) => {
    const database = transaction.query(explorerSchema);
    await database.deleteFrom('finding_day').where('day', '<', twoDaysAgo).execute();
    await sql`lock table explorer.finding in share row exclusive mode`.execute(database);
    await sql`
      delete from explorer.finding using (
        select key from explorer.finding except select key from explorer.finding_place) as unheld
      where finding.key = unheld.key`.execute(database);
  });
}
