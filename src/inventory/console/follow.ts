import { readAgent } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { hostChanged } from './facts.ts';
import { isLive, readHostNames } from './hosts.ts';
import { inventorySchema } from './schema.ts';
import { lockHost, settleHost } from './stand.ts';

/** Marks what a host told as stale while its agent is away or does not speak for it any more; nothing is dropped. */
export async function followAgent(store: Store, host: string): Promise<void> {
  await store.transaction(async (transaction) => {
    const row = await lockHost(transaction, host);
    if (row === undefined) return await transaction.announce(hostChanged, { host });
    const stale = !isLive(await readAgent(transaction, host));
    if (stale !== row.stale) {
      await transaction.query(inventorySchema).updateTable('host').set({ stale }).where('name', '=', host).execute();
    }
    await transaction.announce(hostChanged, { host });
  });
}

/** Works out anew where every host and its containers stand. Those for which nothing changed are left alone. */
export async function resolveEnvironments(store: Store): Promise<void> {
  for (const name of await readHostNames(store)) {
    await store.transaction(async (transaction) => {
      const row = await lockHost(transaction, name);
      if (row === undefined) return;
      const { environment, from } = await settleHost(transaction, row);
      if (environment === (row.environment ?? undefined) && from === row.environment_from) return;
      await transaction.announce(hostChanged, { host: name });
    });
  }
}
