import { sql } from 'kysely';
import type { ScanId, SubjectId } from '#base/index.ts';
import { readRetention } from '#access/console/index.ts';
import { placedSubjects } from '#inventory/console/index.ts';
import type { Queries, Store } from '#store/index.ts';
import { compareWitnesses } from './disagreements.ts';
import { scanForgotten } from './facts.ts';
import { catalogSchema } from './schema.ts';
import { chooseVoice } from './voice.ts';

const day = 24 * 60 * 60_000;

/**
 * Deletes scans older than they are to be kept that neither speak for something present nor are the newest build of
 * their job, else of their repository or target, and subjects that are left without any. One subject at a time, so that
 * nothing waits for it.
 */
export async function prune(store: Store, now: Date): Promise<void> {
  const { scanDays } = await readRetention(store);
  const oldest = new Date(now.getTime() - scanDays * day);
  const present = new Set(await placedSubjects(store));
  for (const subject of await subjectsWithOldScans(store, oldest)) {
    await pruneSubject(store, subject, { oldest, isPresent: present.has(subject) });
  }
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

async function pruneSubject(
  store: Store,
  subject: SubjectId,
  { oldest, isPresent }: { readonly oldest: Date; readonly isPresent: boolean },
): Promise<void> {
  await store.transaction(async (transaction) => {
    await transaction.lock(subject);
    const database = transaction.query(catalogSchema);
    const { rows } = await sql<{ scan: ScanId }>`
      delete from catalog.scan as old
      where subject = ${subject} and received_at < ${oldest}
        and not (${isPresent} and exists (select from catalog.voice where voice.scan = old.id))
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
    else {
      await chooseVoice(transaction, subject);
      await compareWitnesses(transaction, subject);
    }
  });
}
