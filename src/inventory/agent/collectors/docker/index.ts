import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '#base/index.ts';
import type { Engine } from '../../../contract.ts';
import type { Collecting, Collector, CollectorOptions, EngineChange } from '../../collector.ts';
import { createEngineClient, type EngineClient, type TimedEvent } from './client.ts';
import { Containers } from './containers.ts';
import { type EventCursor, openEventCursor } from './cursor.ts';
import { Images } from './images.ts';
import { createSubjects } from './subjects.ts';

/** Watches a Docker engine through its socket. */
export const docker: Collector = {
  id: 'docker',
  version: 1,
  summary: 'Images and containers of a Docker engine, by its events',
  start: startCollecting,
};

/** Milliseconds between two attempts to reach an engine that is away, and between two looks at everything. */
const pause = 1000;
const lookAgain = 10 * 60_000;

/** Milliseconds that a first report waits for containers that are slow to answer. */
const patience = 5000;

interface CollectorState {
  readonly options: CollectorOptions;
  readonly client: EngineClient;
  readonly cursor: EventCursor;
  readonly containers: Containers;
  readonly images: Images;
  readonly ended: AbortController;
  /** Whether everything was looked at since the engine is there. */
  isKnown: boolean;
}

function startCollecting(options: CollectorOptions): Collecting {
  mkdirSync(options.stateFolder, { recursive: true, mode: 0o700 });
  const state = openState(options);
  const { client, cursor, containers, images, ended } = state;
  const working = keepWatching(state);
  return {
    images: () => images.all(),
    running: () => containers.running(),
    present: () => (state.isKnown ? new Set(containers.ids()) : undefined),
    describe: (id) => containers.describe(id),
    useImage: (id) => images.use(id),
    kill: (id) => client.killContainer(id),
    stop: (id) => client.stopContainer(id),
    start: (id) => client.startContainer(id),
    reportAll() {
      images.reportAll();
      containers.reportAll();
      if (state.isKnown) reportPresent(state);
    },
    async close() {
      ended.abort();
      client.close();
      images.clear();
      await Promise.all([working, cursor.close()]);
    },
  };
}

function openState(options: CollectorOptions): CollectorState {
  const { socket, stateFolder, reporter, settings, log } = options;
  const client = createEngineClient(socket);
  const subjects = createSubjects(options.identify, { later: () => identified(), log });
  const images: Images = new Images({ client, reporter, subjects, log, changed: options.onImages });
  const usesImage = (id: string): void => images.use(id);
  const containers = new Containers({
    client,
    reporter,
    subjects,
    settings,
    usesImage,
    described: options.onContainer,
  });
  const identified = (): void => {
    images.lookSoon();
    containers.reportAll();
  };
  const cursor = openEventCursor(join(stateFolder, 'engine-events'));
  return { options, client, cursor, containers, images, ended: new AbortController(), isKnown: false };
}

/** One connection to the engine after another, for as long as the agent lives. */
async function keepWatching(state: CollectorState): Promise<void> {
  const { options, containers, images, ended } = state;
  let said = '';
  while (!ended.signal.aborted) {
    const reason = await watch(state).catch(messageOf);
    if (ended.signal.aborted) return;
    if (reason !== said) options.log.warn({ reason }, 'The engine is away.');
    said = reason;
    state.isKnown = false;
    options.onEngine({ kind: 'none', reason: reason.slice(0, 500) });
    containers.clear();
    images.clear();
    await wait(pause, undefined, { signal: ended.signal }).catch(() => undefined);
  }
}

/** Listens first and looks then, so that nothing falls between. Answers why it ended. */
async function watch(state: CollectorState): Promise<string> {
  const { client, cursor, options, ended } = state;
  const ending = new AbortController();
  const signal = AbortSignal.any([ended.signal, ending.signal]);
  const engine = await describeEngine(client);
  const events = await client.events(cursor.at(), signal);
  cursor.move(BigInt(Date.now()) * 1_000_000n);
  options.log.info({ engine }, 'The engine is there.');
  options.onEngine(engine);
  const listening = listen(state, events);
  const looking = keepLooking(state, signal);
  try {
    return await Promise.race([listening, looking]);
  } finally {
    ending.abort();
    await Promise.allSettled([listening, looking]);
  }
}

async function describeEngine(client: EngineClient): Promise<Engine> {
  const [version, info] = await Promise.all([client.version(), client.info()]);
  const isSnapshotter = (info.DriverStatus ?? []).some(([, value]) => value === 'io.containerd.snapshotter.v1');
  return {
    kind: 'docker',
    version,
    driver: info.Driver,
    imageStore: isSnapshotter ? 'containerd' : 'docker',
    rootFolder: info.DockerRootDir,
    rootless: (info.SecurityOptions ?? []).some((option) => option.startsWith('name=rootless')),
    ...cgroupVersionOf(info.CgroupVersion),
  };
}

/** Engines before 20.10 do not say it. */
function cgroupVersionOf(text: string): Pick<Extract<Engine, { kind: 'docker' }>, 'cgroupVersion'> {
  return text === '1' || text === '2' ? { cgroupVersion: text } : {};
}

async function listen(
  { options, cursor, containers, images }: CollectorState,
  events: AsyncIterable<TimedEvent>,
): Promise<string> {
  for await (const event of events) {
    if (event.Type === 'container') containers.note(event);
    if (event.Type === 'network') refreshConnected(containers, event);
    const change = changeOf(event);
    if (change !== undefined) options.onChange(change);
    if (event.Type === 'image' || event.Action === 'commit') images.lookSoon();
    cursor.move(event.nanoseconds);
  }
  return 'The engine ended its events.';
}

/** What else of the engine an event is about. */
function changeOf({ Type, Actor: { ID, Attributes } }: TimedEvent): EngineChange | undefined {
  const name = Attributes?.['name'] ?? ID;
  switch (Type) {
    case 'daemon':
    case 'plugin':
      return { kind: 'engine', id: ID, name };
    case 'network':
    case 'service':
      return { kind: Type, id: ID, name };
    default:
      return undefined;
  }
}

/** Networks tell of a container that came or left; one that is gone already is met by no one. */
function refreshConnected(containers: Containers, { Action, Actor }: TimedEvent): void {
  const id = Actor.Attributes?.['container'];
  const isConnection = Action === 'connect' || Action === 'disconnect';
  if (isConnection && id !== undefined && containers.has(id)) containers.refresh(id);
}

/** Looks at everything now and then, so that what no event told heals. */
async function keepLooking(state: CollectorState, signal: AbortSignal): Promise<string> {
  while (!signal.aborted) {
    await lookAtAll(state);
    await wait(lookAgain, undefined, { signal, ref: false }).catch(() => undefined);
  }
  return 'ended';
}

async function lookAtAll(state: CollectorState): Promise<void> {
  const { client, containers, images } = state;
  const since = containers.now();
  const list = await client.listContainers();
  containers.reconcile(list, since);
  await Promise.all([images.look(), containers.settled(patience)]);
  state.isKnown = true;
  reportPresent(state);
}

/** Made of what was reported and sent at once, so that it never lacks what a fact before it told of. */
function reportPresent({ options, containers, images }: CollectorState): void {
  const key = { kind: 'present', id: '' };
  options.reporter.forget(key);
  options.reporter.state(key, { images: images.all().map(({ id }) => id), containers: containers.ids() });
}
