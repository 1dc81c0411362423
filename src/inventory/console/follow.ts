import { readAgent, type ReportingAgent } from '#link/console/index.ts';
import type { Agent } from '#link/contract.ts';
import type { Store } from '#store/index.ts';
import { hostChanged } from './facts.ts';
import { hostOf, lockHost, settleHost } from './host-environment.ts';
import { isLive, readHostNames } from './hosts.ts';
import { inventorySchema } from './schema.ts';

/**
 * Marks what a host reported as stale while its agent is away or does not speak for it any more; nothing is dropped. An
 * agent that joined in another's place, or is in another environment, is the host's from now on.
 */
export async function followAgent(store: Store, host: string): Promise<void> {
  await store.transaction(async (transaction) => {
    const row = await lockHost(transaction, host);
    if (row === undefined) return await transaction.announce(hostChanged, { host });
    const agent = await readAgent(transaction, host);
    if (agent !== undefined && isLive(agent)) await hostOf(transaction, reportingAgent(agent));
    else if (!row.stale)
      await transaction
        .query(inventorySchema)
        .updateTable('host')
        .set({ stale: true })
        .where('name', '=', host)
        .execute();
    await transaction.announce(hostChanged, { host });
  });
}

function reportingAgent({ id, name, environment, environments }: Agent): ReportingAgent {
  return { id, name, environments, ...(environment === undefined ? {} : { environment }) };
}

/** Works out anew where every host and its containers stand. Those for which nothing changed are left alone. */
export async function resolveEnvironments(store: Store): Promise<void> {
  for (const name of await readHostNames(store)) {
    await store.transaction(async (transaction) => {
      const row = await lockHost(transaction, name);
      if (row === undefined) return;
      const { environment, from, refused } = await settleHost(transaction, row);
      const isSame = environment === (row.environment ?? undefined) && from === row.environment_from;
      if (isSame && refused?.environment === (row.refused_environment ?? undefined)) return;
      await transaction.announce(hostChanged, { host: name });
    });
  }
}
