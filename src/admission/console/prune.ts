import { readRetention } from '#access/console/index.ts';
import type { Store } from '#store/index.ts';
import { forgetPlaces } from './decision-places.ts';
import { admissionSchema } from './schema.ts';

const day = 24 * 60 * 60_000;
/** What ledgers say of a verdict is made again when it is still needed. */
const briefDays = 30;

/** Deletes decisions as old as containers that ended. */
export async function prune(store: Store, now: Date): Promise<void> {
  const { containerDays } = await readRetention(store);
  const before = (days: number): Date => new Date(now.getTime() - days * day);
  await store.transaction(async (transaction) => {
    const database = transaction.query(admissionSchema);
    await database.deleteFrom('decision').where('received_at', '<', before(containerDays)).execute();
    await forgetPlaces(transaction);
    await database.deleteFrom('brief').where('made_at', '<', before(briefDays)).execute();
  });
}
