import { readRetention } from '#access/console/index.ts';
import type { Store } from '#store/index.ts';
import { sql } from 'kysely';
import { inventorySchema } from './schema.ts';

const day = 24 * 60 * 60_000;

/** Deletes what ended, or is gone, longer ago than it is to be kept. */
export async function prune(store: Store, now: Date): Promise<void> {
  await store.transaction(async (transaction) => {
    const { containerDays } = await readRetention(transaction);
    const oldest = new Date(now.getTime() - containerDays * day);
    const database = transaction.query(inventorySchema);
    await database.deleteFrom('container').where('finished_at', '<', oldest).execute();
    await database.deleteFrom('image').where('gone_at', '<', oldest).execute();
    await sql`
      delete from inventory.used_file as used
      where not exists (select from inventory.image where image.subject = used.subject)
        and not exists (select from inventory.container where container.subject = used.subject)
        and not exists (select from inventory.other_subject as other where other.subject = used.subject)`.execute(
      database,
    );
  });
}
