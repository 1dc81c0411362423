import type { Route } from '#http/console/index.ts';
import type { FactHandler } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { followHost } from './follow-host.ts';
import { openOrderWaits, tellAgents } from './order-notices.ts';
import { ordersRoute } from './orders.ts';
import type { Parts } from './parts.ts';
import { reportBehaviour } from './report-behaviour.ts';
import { reportDetections } from './report-detections.ts';
import { reportLoss } from './report-loss.ts';
import { reportSensor } from './report-sensor.ts';
import { putDefaultInForce } from './rules.ts';

/** What the console runs of this domain. */
export interface RuntimeService {
  readonly routes: readonly Route[];
  /** What the link serves to agents. */
  readonly agentRoutes: readonly Route[];
  /** After `containersChanged` and `hostChanged`. */
  followHost(changed: { readonly host: string }): Promise<void>;
  /** After `collectionsChanged`: agents hear of what their rules name. */
  followCollections(): Promise<void>;
  close(): Promise<void>;
}

/** Puts the default rule in force and serves agents and people. */
export async function createRuntime(parts: Parts): Promise<RuntimeService> {
  const { store, clock, bucketSeconds } = parts;
  await putDefaultInForce(store, clock());
  const waits = await openOrderWaits(store);
  return {
    routes: [],
    agentRoutes: [ordersRoute({ store, waits, bucketSeconds })],
    followHost: async ({ host }) => await followHost(parts, host),
    followCollections: async () => await followCollections(store),
    close: async () => await waits.close(),
  };
}

async function followCollections(store: Store): Promise<void> {
  await store.transaction(async (transaction) => await tellAgents(transaction, { kind: 'all' }));
}

/** What the link hands this domain, by kind of fact. */
export function runtimeHandlers(parts: Parts) {
  return {
    behaviour: reportBehaviour(parts),
    detection: reportDetections,
    sensor: reportSensor,
    loss: reportLoss(parts),
  } as const satisfies Readonly<Record<string, FactHandler>>;
}
