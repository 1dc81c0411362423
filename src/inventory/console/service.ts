import { type Route, route } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import { listContainers, listHosts } from '../contract.ts';
import { followAgent, resolveEnvironments } from './follow.ts';
import { readContainers } from './list-containers.ts';
import { type ContainerProtections, noProtections } from './protections.ts';
import { prune } from './prune.ts';
import { withSeenCounts } from './seen-counts.ts';
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

export interface InventoryOptions {
  readonly store: Store;
  /** Missing: nobody knows how containers are protected. */
  readonly protections?: ContainerProtections;
}

export function createInventory({ store, protections = noProtections }: InventoryOptions): InventoryService {
  return {
    routes: [
      route(listHosts, async ({ query, principal }) => {
        const view = await viewOf(store, principal);
        const { total, hosts } = await readHostPage(store, view, query);
        return { total, hosts: await withSeenCounts(store, hosts, view) };
      }),
      route(listContainers, async ({ query, principal }) =>
        readContainers(store, query, { view: await viewOf(store, principal), protections }),
      ),
    ],
    followAgent: async ({ host }) => await followAgent(store, host),
    resolveEnvironments: async () => await resolveEnvironments(store),
    prune: async (now) => await prune(store, now),
  };
}
