import type { Field, FieldsOf } from '#base/index.ts';
import {
  type AskEngine,
  collectServices,
  engineView,
  type KernelProcesses,
  kernelProcesses,
  type LoosePaths,
  openHostView,
  openLoosePaths,
  unparsed,
} from '#inventory/agent/index.ts';
import {
  type EngineView,
  type ServiceShape,
  type Surroundings,
  surroundingsOfInfo,
  usualSockets,
} from '#inventory/index.ts';
import { type Lasting, lasting } from './lasting.ts';
import { textAt } from './members.ts';
import {
  type ListedContainer,
  ListedContainers,
  type ListedImage,
  ListedImages,
  type ListedNetwork,
  ListedNetworks,
  SwarmRole,
} from './schema.ts';

/** What subjects of one engine have in common, asked once for all that are read in a row. */
export interface Round {
  readonly ask: AskEngine;
  readonly view: EngineView;
  /** Answer of `/info`. */
  readonly info: unknown;
  /** What the engine says of itself. */
  readonly facts: FieldsOf<Surroundings>;
  readonly loosePaths: LoosePaths;
  /** An image as the engine describes it; `undefined`: it has none of that id. */
  image(id: string): Promise<unknown>;
  /** Every process of the host. */
  processes(): Promise<KernelProcesses>;
  /** Every container, running or not. */
  containers(): Promise<readonly ListedContainer[]>;
  networks(): Promise<readonly ListedNetwork[]>;
  images(): Promise<readonly ListedImage[]>;
  /** Of the swarm that the engine manages; none where it manages none. */
  services(): Promise<readonly FieldsOf<ServiceShape>[]>;
}

export interface RoundQuestion {
  readonly ask: AskEngine;
  /** Of the engine. */
  readonly socket: string;
  /** Names of the limits that the engine gives to every container. */
  readonly limits: () => Promise<Field<readonly string[]>>;
}

/** Milliseconds that a round may last: what it remembers may be as old. */
export const longestRound = 5000;
/** Milliseconds that one question to the host's files may last. */
const patience = 500;

/** Rounds over what the engine behind a socket has. */
export function createRounds(question: RoundQuestion): Lasting<Round> {
  return lasting(() => begin(question), longestRound);
}

async function begin({ ask, socket, limits }: RoundQuestion): Promise<Round> {
  const info = await ask('/info', unparsed);
  const root = textAt(info, ['DockerRootDir']);
  const host = await openHostView({
    sockets: [...new Set([...usualSockets, socket])],
    patience,
    mounts: 'read-once',
    ...(root !== undefined && { engineRoot: root }),
  });
  const known: AskEngine = async (path, schema) => (path === '/info' ? schema.parse(info) : await ask(path, schema));
  const view = await engineView(known, host);
  const facts = { ...surroundingsOfInfo(info), limits: await limits() };
  const images = new Map<string, Promise<unknown>>();
  return {
    ask,
    view,
    info,
    facts,
    loosePaths: openLoosePaths(patience),
    image(id) {
      const asked = images.get(id) ?? ask(`/images/${encodeURIComponent(id)}/json`, unparsed);
      images.set(id, asked);
      return asked;
    },
    processes: once(kernelProcesses),
    containers: once(async () => (await ask('/containers/json?all=1', ListedContainers)) ?? []),
    networks: once(async () => (await ask('/networks', ListedNetworks)) ?? []),
    images: once(async () => (await ask('/images/json', ListedImages)) ?? []),
    services: once(async () => {
      if (SwarmRole.parse(info).Swarm?.ControlAvailable !== true) return [];
      const services = await collectServices(socket, { view, facts });
      if (services === undefined) throw new Error(`The engine at ${socket} does not answer /services.`);
      return services;
    }),
  };
}

/** Asked at the first question only. */
function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  const { current } = lasting(ask, Number.POSITIVE_INFINITY);
  return current;
}
