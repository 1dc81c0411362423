import { holdTokens } from '#access/console/index.ts';
import { holdJoinTokens } from '#link/console/index.ts';
import { settleRestored, type Store } from '#store/index.ts';

/** Before anybody is served: what a restored copy opens again that was closed since stays closed until it is confirmed. */
export async function holdRestored(store: Store): Promise<void> {
  await store.transaction(async (transaction) => {
    for (const copy of await settleRestored(transaction)) {
      await holdJoinTokens(transaction, copy.restoredAt);
      await holdTokens(transaction, copy);
    }
  });
}
