import { type Route, route } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import { listContainers, listHosts } from '../contract.ts';
import { followAgent, resolveEnvironments } from './follow.ts';
import { readContainers } from './list-containers.ts';
import { prune } from './prune.ts';
import { viewOf } from './view.ts';
import { readHostPage } from './visible-hosts.ts';

/** What the console runs of this domain. */
export interface InventoryService {
  readonly routes: readonly Route[];
  /** After the link's `agentChanged`. */
  followAgent(changed: { readonly host: string }): Promise<void>;
  /** After access' `collectionsChanged`. */
  resolveEnvironments(): Promise<void>;
  /** Now and then. */
  prune(now: Date): Promise<void>;
}

export function createInventory({ store }: { readonly store: Store }): InventoryService {
  return {
    routes: [
      route(
        listHosts,
        async ({ query, principal }) => await readHostPage(store, await viewOf(store, principal), query),
      ),
      route(listContainers, async ({ query, principal }) =>
        readContainers(store, query, await viewOf(store, principal)),
      ),
    ],
    followAgent: async ({ host }) => await followAgent(store, host),
    resolveEnvironments: async () => await resolveEnvironments(store),
    prune: async (now) => await prune(store, now),
  };
}
