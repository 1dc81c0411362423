import { isImageDigest, type ImageDigest } from '#base/index.ts';
import { accessSchema } from '#access/console/index.ts';
import { type Collection } from '#access/contract.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import type { Principal } from '#http/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import type { CallInput, Endpoint, ReplyOf } from '#http/index.ts';
import { createInventory, inventorySchema } from '#inventory/console/index.ts';
import { agentOf, containerFact, hostFact, imageFact, subjectNamed, reportAs } from '#inventory/console/testing.ts';
import { linkSchema, type ReportingAgent } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import type { BehaviourFact, Detection, Evidence, Entry, ModelKey } from '../contract.ts';
import { emptyEvidence } from '../evidence.ts';
import { emptyRing, encodeHours, hourOf, withHour } from '../hours.ts';
import { entryKeyOf } from '../entry-key.ts';
import { containerProtections } from './protections.ts';
import { runtimeRules } from './rules.ts';
import { runtimeSchema } from './schema.ts';
import { createRuntime, runtimeHandlers, type RuntimeService } from './service.ts';

/** A person of a test. */
export const ada = userNamed('ada', ['read', 'write-rules']);

/** A container of an image; `command` is what it runs, usually `serve`. */
interface RunContainer {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
}

/** A console with hosts that run containers, and a clock that a test may turn. */
export interface TestRuntime {
  readonly store: Store;
  readonly runtime: RuntimeService;
  now(): Date;
  turnTo(now: Date): void;
  /** Hands facts of one kind to their handler, as the link does. */
  report(host: string, kind: keyof ReturnType<typeof runtimeHandlers>, bodies: readonly unknown[]): Promise<void>;
  /** Runs a container on a host, and follows it. */
  run(container: RunContainer & { readonly host: string }): Promise<void>;
  /** A host tells that it holds an image, under these names. */
  hold(host: string, image: string, names?: readonly string[]): Promise<void>;
  /** Puts the default rule in force again, after the tables were emptied. */
  renewRules(): Promise<void>;
  collection(id: string, selects: Collection['selects'], environment?: string): Promise<void>;
  /** Works out anew where hosts stand. */
  resolveEnvironments(): Promise<void>;
  ask<E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>>, principal?: Principal): Promise<ReplyOf<E>>;
  close(): Promise<void>;
}

/** What the join tokens of all hosts allow. */
const anywhere = { environments: ['dev', 'test', 'prod', 'live'] };

const bucketSeconds = 3600;

export async function openTestRuntime(): Promise<TestRuntime> {
  const store = await createTestStore([accessSchema, linkSchema, inventorySchema, catalogSchema, runtimeSchema]);
  const time = { now: new Date('2026-11-24T12:00:00Z') };
  const clock = (): Date => time.now;
  const dependencies = { store, clock, bucketSeconds };
  const runtime = await createRuntime(dependencies);
  const handlers = runtimeHandlers(dependencies);
  const inventory = createInventory({ store, protections: containerProtections });
  return {
    store,
    runtime,
    now: clock,
    turnTo: (now) => void (time.now = now),
    report: async (host, kind, bodies) =>
      await store.transaction(
        async (transaction) =>
          await handlers[kind](
            transaction,
            agentOf(host, environmentOf(host), anywhere),
            bodies.map((body) => ({ at: clock().toISOString(), body })),
          ),
      ),
    run: async ({ host, ...container }) => {
      const agent = agentOf(host, environmentOf(host), anywhere);
      await runContainer(store, agent, container);
      await runtime.followHost({ host });
    },
    hold: async (host, image, names = [image]) => {
      const agent = agentOf(host, environmentOf(host));
      await reportAs(store, agent, { kind: 'image', bodies: [imageFact(image, { names: [...names] })] });
    },
    renewRules: async () => await runtimeRules.putLastInForce(store, clock()),
    collection: async (id, selects, environment) => {
      const row = { id, name: id, description: '', selects: JSON.stringify(selects), environment: environment ?? null };
      await store.query(accessSchema).insertInto('collection').values(row).execute();
      await runtime.followCollections();
    },
    resolveEnvironments: async () => await inventory.resolveEnvironments(),
    ask: async (endpoint, input, principal = ada) =>
      await answerOf([...runtime.routes, ...runtime.agentRoutes, ...inventory.routes], { endpoint, input, principal }),
    close: async () => {
      await runtime.close();
      await store.close();
    },
  };
}

/** `prod-1` stands in prod. */
function environmentOf(host: string): string {
  return host.split('-')[0] ?? '';
}

async function runContainer(
  store: Store,
  agent: ReportingAgent,
  { name, image, command }: RunContainer,
): Promise<void> {
  await reportAs(store, agent, { kind: 'host', bodies: [hostFact({ environment: environmentOf(agent.name) })] });
  await reportAs(store, agent, { kind: 'image', bodies: [imageFact(image)] });
  await reportAs(store, agent, {
    kind: 'container',
    bodies: [containerFact(name, image, command === undefined ? {} : { command })],
  });
}

export function digestNamed(image: string): ImageDigest {
  const subject: string = subjectNamed(image);
  if (!isImageDigest(subject)) throw new Error(subject);
  return subject;
}

/** Key of what `run` runs. */
export function keyNamed(image: string, entrypoint: readonly string[] = ['serve']): ModelKey {
  return { digest: digestNamed(image), entrypoint };
}

/** Id of the container that `run` runs. */
export function containerNamed(name: string): string {
  return containerFact(name, 'any').id;
}

/** That programs of an image were started in these hours, by the container's first program. */
export function behaviour(
  image: string,
  reported: { readonly paths: readonly string[]; readonly hours: readonly Date[]; readonly more?: Partial<Entry> },
): BehaviourFact {
  const buckets = reported.hours.map((hour) => hourOf(hour.getTime(), bucketSeconds));
  const ring = encodeHours(buckets.reduce(withHour, emptyRing));
  const none = encodeHours(emptyRing);
  const items = reported.paths.map((path): Entry => {
    const fact = { dimension: 'process', path, caller: '/serve' } as const;
    return {
      key: entryKeyOf(fact),
      fact,
      class: 'benign',
      state: 'confirmed',
      source: 'learned',
      boot: none,
      run: ring,
      days: [...new Set(buckets.map((bucket) => Math.floor(bucket / 24)))],
      ...reported.more,
    };
  });
  const evidence: Evidence = {
    ...emptyEvidence,
    items,
    dimensions: { process: { exposure: ring, lost: none } },
    starts: encodeHours(buckets.slice(0, 1).reduce(withHour, emptyRing)),
  };
  return { key: keyNamed(image), evidence };
}

/** A program that is not the image's was started in a container that `run` runs. */
export function detection(
  id: string,
  at: { readonly container: string; readonly image: string; readonly time: Date },
  more: Partial<Detection> = {},
): Detection {
  return {
    id,
    time: at.time.toISOString(),
    detector: 'drift',
    dimension: 'process',
    technique: 'T1059.004',
    severity: 'high',
    class: 'forbidden',
    notice: false,
    effect: 'alert',
    outcome: 'observed',
    container: { id: containerNamed(at.container), name: at.container, image: at.image },
    imageDigest: digestNamed(at.image),
    entrypoint: ['serve'],
    session: 'entry',
    process: { path: '/tmp/dropped', pid: 42 },
    ancestors: [{ path: '/serve' }],
    seen: '/tmp/dropped was started by /serve.',
    message: '/tmp/dropped, which is not in the image, was started.',
    remedy: 'Find out where it came from.',
    count: 1,
    rule: { id: 'default', name: 'Default' },
    ...more,
  };
}
