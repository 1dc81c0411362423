import { admissionSchema, decisionRoutes } from '#admission/console/index.ts';
import { accessSchema, theConsole } from '#access/console/index.ts';
import { AppError, silentLog, systemClock } from '#base/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { complianceSchema } from '#compliance/console/index.ts';
import type { Principal, Route } from '#http/console/index.ts';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';
import { createInventory, inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import { containerProtections, createRuntime, runtimeSchema, usualBucketSeconds } from '#runtime/console/index.ts';
import { localPolicyRoutes, policySchema } from '#policy/console/index.ts';
import { replayPolicy } from '#policy/contract.ts';
import { openStore } from '#store/index.ts';
import { runningConsole } from './instance.ts';
import { type LocalPlace, masterKeyOf, storePlace } from './local-access.ts';

/** What is asked of the console that runs here, straight in its database. */
export interface LocalRuntime {
  ask<E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>>): Promise<ReplyOf<E>>;
  relearn(model: string): Promise<void>;
}

const schemas = [
  accessSchema,
  linkSchema,
  inventorySchema,
  catalogSchema,
  complianceSchema,
  policySchema,
  admissionSchema,
  runtimeSchema,
];
const local: Principal = { kind: 'user', id: 'console', name: 'console', permissions: ['read'] };

/** Lets who may read the console's state folder read containers, models, alerts and decisions, and try policies. Throws `console-not-running`. */
export async function withLocalRuntime<Value>(
  place: LocalPlace,
  work: (runtime: LocalRuntime) => Promise<Value>,
): Promise<Value> {
  const instance = runningConsole(place.stateFolder);
  if (instance === undefined)
    throw new AppError('console-not-running', 'No console runs on this machine for this user.');
  const store = await openStore({ place: storePlace(place), schemas, log: silentLog, masterKey: masterKeyOf(place) });
  try {
    const inventory = createInventory({ store, protections: containerProtections });
    const others = [decisionRoutes, localPolicyRoutes].flatMap((routes) => routes({ store, clock: systemClock }));
    const { bucketSeconds = usualBucketSeconds } = instance;
    const runtime = await createRuntime({ store, clock: systemClock, bucketSeconds });
    try {
      return await work({
        ask: async (endpoint, input) =>
          await answer([...runtime.routes, ...inventory.routes, ...others], { endpoint, input }),
        relearn: async (model) => await runtime.relearn(model, theConsole),
      });
    } finally {
      await runtime.close();
    }
  } finally {
    await store.close();
  }
}

/** A replay saves nothing, though it needs the right to write rules of others. */
function changesNothing(endpoint: Endpoint): boolean {
  return endpoint.needs === 'read' || endpoint === replayPolicy;
}

async function answer<E extends Endpoint>(
  routes: readonly Route[],
  { endpoint, input }: { readonly endpoint: E; readonly input: Partial<CallInput<E>> },
): Promise<ReplyOf<E>> {
  const route = routes.find((one) => one.endpoint === endpoint);
  if (route === undefined || !changesNothing(endpoint)) throw new Error(`${endpoint.path} is not served here.`);
  const reply = await route.handle({
    params: endpoint.params?.parse(input.params ?? {}),
    query: endpoint.query?.parse(input.query ?? {}),
    body: endpoint.body?.parse(input.body ?? {}),
    principal: local,
    request: { ip: '127.0.0.1', cookies: {}, requestId: 'local', signal: new AbortController().signal },
    reply: { setCookie: () => undefined, clearCookie: () => undefined },
  });
  return endpoint.reply.parse(reply) as ReplyOf<E>;
}
