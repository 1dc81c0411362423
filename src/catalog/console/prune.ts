import { sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import { readRetention } from '#access/console/index.ts';
import { placedSubjects } from '#inventory/console/index.ts';
import type { Queries, Store } from '#store/index.ts';
import { scanForgotten } from './facts.ts';
import { catalogSchema } from './schema.ts';
import { chooseCounting } from './counting.ts';
import type { OriginsOf } from './publishers.ts';

const day = 24 * 60 * 60_000;

/**
 * Deletes scans older than they are to be kept that neither count for something present nor are the newest build of
 * their job, else of their repository or target, and subjects that are left without any. One subject at a time, so that
 * nothing waits for it.
 */
export async function prune(store: Store, now: Date, originsOf: OriginsOf): Promise<void> {
  const { scanDays } = await readRetention(store);
  const oldest = new Date(now.getTime() - scanDays * day);
  const present = new Set(await placedSubjects(store));
  for (const subject of await subjectsWithOldScans(store, oldest)) {
    await pruneSubject(store, subject, { oldest, isPresent: present.has(subject), originsOf });
  }
  await dropUnusedDocuments(store);
}

/** What the last scan of a content left. */
async function dropUnusedDocuments(store: Store): Promise<void> {
  await sql`
    delete from catalog.document where not exists (
      select from catalog.scan where scan.content_digest = document.digest)`.execute(store.query(catalogSchema));
}

async function subjectsWithOldScans(queries: Queries, oldest: Date): Promise<readonly SubjectId[]> {
  const rows = await queries
    .query(catalogSchema)
    .selectFrom('scan')
    .select('subject')
    .distinct()
    .where('received_at', '<', oldest)
    .orderBy('subject')
    .execute();
  return rows.map(({ subject }) => subject);
}

interface PruneTerms {
  readonly oldest: Date;
  readonly isPresent: boolean;
  readonly originsOf: OriginsOf;
}

async function pruneSubject(
  store: Store,
  subject: SubjectId,
  { oldest, isPresent, originsOf }: PruneTerms,
): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(subject);
    const database = transaction.query(catalogSchema);
    const { rows } = await sql<{ scan: ScanId }>`
      delete from catalog.scan as old
      where subject = ${subject} and received_at < ${oldest}
        and not (${isPresent} and (
          exists (select from catalog.counting_scan where counting_scan.scan = old.id)
          or exists (select from catalog.shown_scan where shown_scan.scan = old.id)
          or exists (select from catalog.carried where carried.scan = old.id)))
        and (coalesce(witness_key like 'agent %', false) or exists (
          select from catalog.scan as newer where newer.sequence > old.sequence and case
            when old.job_name is not null then newer.job_name = old.job_name
            when old.repositories <> '{}' then newer.repositories && old.repositories
            else newer.target = old.target end))
      returning id as scan`.execute(database);
    if (rows.length === 0) return;
    await transaction.announceAll(
      scanForgotten,
      rows.map(({ scan }) => ({ scan, subject })),
    );
    const rest = await database.selectFrom('scan').select('id').where('subject', '=', subject).limit(1).execute();
    if (rest.length === 0) await database.deleteFrom('subject').where('id', '=', subject).execute();
    else await chooseCounting(transaction, subject, originsOf);
  });
}
