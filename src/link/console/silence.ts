import type { Store } from '#store/index.ts';
import type { Clock } from '#base/index.ts';
import { agentChanged } from './facts.ts';
import { linkSchema } from './schema.ts';

/** Milliseconds without a word after which an agent is silent. */
export const silentAfter = 30_000;
/** Milliseconds between two looks for silent agents. */
export const silenceLook = 2_500;

/**
 * Marks agents that were not heard of for 30 seconds. A console that was itself away first listens so long. Any console
 * may do it: of several, one finds the agent still marked live.
 */
export async function markSilent(
  dependencies: { readonly store: Store; readonly clock: Clock },
  since: Date,
): Promise<void> {
  const limit = new Date(dependencies.clock().getTime() - silentAfter);
  if (since > limit) return;
  await dependencies.store.transaction(async (transaction) => {
    const silent = await transaction
      .query(linkSchema)
      .updateTable('agent')
      .set({ state: 'silent' })
      .where('state', '=', 'live')
      .where((is) => is.fn.coalesce('seen_at', 'joined_at'), '<', limit)
      .returning(['id', 'name'])
      .execute();
    for (const { id, name } of silent) await transaction.announce(agentChanged, { agent: id, host: name });
  });
}
