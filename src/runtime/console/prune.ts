import { sql } from 'kysely';
import { readRetention } from '#access/console/index.ts';
import { placedSubjects } from '#inventory/console/index.ts';
import type { Store } from '#store/index.ts';
import { runtimeSchema } from './schema.ts';

const day = 24 * 60 * 60_000;

/**
 * Deletes detections and incidents as old as containers that ended, points of curves as those of trends, and models of
 * images that lie nowhere and were not told of for as long as scans are kept.
 */
export async function prune(store: Store, now: Date): Promise<void> {
  const { containerDays, trendDays, scanDays } = await readRetention(store);
  const before = (days: number): Date => new Date(now.getTime() - days * day);
  const present = await placedSubjects(store);
  await store.transaction(async (transaction) => {
    const database = transaction.query(runtimeSchema);
    await database.deleteFrom('detection').where('received_at', '<', before(containerDays)).execute();
    await database
      .deleteFrom('incident')
      .where('last_at', '<', before(containerDays))
      .where(sql<boolean>`not exists (select from runtime.detection where detection.incident = incident.id)`)
      .execute();
    await database.deleteFrom('code_statement').where('told_at', '<', before(containerDays)).execute();
    await database.deleteFrom('code_question').where('asked_at', '<', before(1)).execute();
    await database.deleteFrom('curve').where('at', '<', before(trendDays)).execute();
    await database
      .deleteFrom('model')
      .where('changed_at', '<', before(scanDays))
      .where('digest', '!=', sql<never>`all(${present}::text[])`)
      .execute();
  });
}
