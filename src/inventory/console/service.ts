import { type Route, route } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import { listContainers, listHosts } from '../contract.ts';
import { followAgent, resolveEnvironments } from './follow.ts';
import { readHosts } from './hosts.ts';
import { hostsWithVisible, readContainers } from './list-containers.ts';
import { prune } from './prune.ts';
import { viewOf } from './view.ts';

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
      route(listHosts, async ({ principal }) => {
        const view = await viewOf(store, principal);
        const hosts = await readHosts(store);
        if (view === undefined) return { hosts };
        const holding = await hostsWithVisible(store, view);
        const isVisible = ({ name, environment }: (typeof hosts)[number]) =>
          holding.has(name) ||
          view({ images: [], labels: {}, host: name, ...(environment === undefined ? {} : { environment }) });
        return { hosts: hosts.filter(isVisible) };
      }),
      route(listContainers, async ({ query, principal }) =>
        readContainers(store, query, await viewOf(store, principal)),
      ),
    ],
    followAgent: async ({ host }) => await followAgent(store, host),
    resolveEnvironments: async () => await resolveEnvironments(store),
    prune: async (now) => await prune(store, now),
  };
}
