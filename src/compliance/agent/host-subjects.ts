import {
  askEngine,
  type AskEngine,
  collectEngine,
  collectHost,
  engineView,
  loosePathsOf,
  openHostView,
  readContainerState,
  type RememberedFile,
  unparsed,
} from '#inventory/agent/index.ts';
import {
  type Around,
  containerOfInspect,
  containerOfProcesses,
  sensitivityLabel,
  type Surroundings,
  surroundingsOfInfo,
  usualSockets,
  withFacts,
  withProcesses,
} from '#inventory/index.ts';
import type { ComplianceFact } from '../contract.ts';
import type { ReadDocument, WatchedSubjects } from './watch-subjects.ts';

export interface HostSubjectsOptions {
  /** Of the engine. */
  readonly socket: string;
  /** What the host is called. */
  readonly host: string;
  /** Containers that run now. */
  readonly running: () => readonly { readonly id: string; readonly name: string }[];
  /** SHA-256 in hex of the product's own programs. */
  readonly ownPrograms: readonly string[];
}

type Subject = ComplianceFact['subject'];

/** Milliseconds that one question to the engine, and one to the host's files, may last. */
const patience = { engine: 10_000, files: 500 } as const;

/** A host and its engine go by this id: there is one of each. */
const own = 'self';

/** What an agent, or a command on the host, reads for checks: the host, its engine, each container. */
export function hostSubjects({ socket, host, running, ownPrograms }: HostSubjectsOptions): WatchedSubjects {
  const ask = askEngine({ socket, patience: patience.engine });
  let remembered: RememberedFile | undefined;
  const engine = async (): Promise<readonly ReadDocument[] | undefined> => {
    const collected = await collectEngine({ socket, ownPrograms, ...(remembered && { remembered }) });
    if (collected?.remember !== undefined) remembered = collected.remember;
    return collected && [{ kind: 'engine', fields: collected.facts }];
  };
  return {
    all: () => [
      { kind: 'host', id: own, name: host },
      { kind: 'engine', id: own, name: host },
      ...running().map(({ id, name }): Subject => ({ kind: 'container', id, name })),
    ],
    async read({ kind, id }) {
      switch (kind) {
        case 'host':
          return [{ kind: 'host', fields: await collectHost({ root: '/' }) }];
        case 'engine':
          return await engine();
        case 'container':
          return await containerDocuments(ask, { socket, id });
        default:
          return undefined;
      }
    },
  };
}

interface Asked {
  readonly socket: string;
  readonly id: string;
}

/** What the engine configured and, of one that runs, what is in effect. */
async function containerDocuments(ask: AskEngine, { socket, id }: Asked): Promise<readonly ReadDocument[] | undefined> {
  const inspected = await ask(`/containers/${encodeURIComponent(id)}/json`, unparsed);
  if (inspected === undefined) return undefined;
  const fields = await containerOfInspect(inspected, await aroundOf(ask, { socket, inspected }));
  const pid = numberAt(inspected, ['State', 'Pid']);
  const configured = { kind: 'inspect', fields };
  if (pid === undefined || pid <= 0) return [configured];
  const effective = containerOfProcesses(readContainerState(pid));
  return [configured, { kind: 'effective', fields: withProcesses(fields, effective) }];
}

async function aroundOf(
  ask: AskEngine,
  { socket, inspected }: { readonly socket: string; readonly inspected: unknown },
): Promise<Around> {
  const info = await ask('/info', unparsed);
  const root = textAt(info, ['DockerRootDir']);
  const sockets = [...new Set([...usualSockets, socket])];
  const host = await openHostView({
    sockets,
    patience: patience.files,
    ...(root !== undefined && { engineRoot: root }),
  });
  const facts = withFacts(surroundingsOfInfo(info), await learned(ask, inspected), 'engine and host');
  return {
    view: await engineView(ask, host),
    facts,
    sensitivityOf: async (container) =>
      textAt(await ask(`/containers/${encodeURIComponent(container)}/json`, unparsed), [
        'Config',
        'Labels',
        sensitivityLabel,
      ]),
  };
}

/** What its image and the folders that lead to its mounts say. */
async function learned(ask: AskEngine, inspected: unknown): Promise<Partial<Surroundings>> {
  const id = textAt(inspected, ['Image']) ?? '';
  const image = await ask(`/images/${encodeURIComponent(id)}/json`, unparsed);
  const environment = listAt(image, ['Config', 'Env']).filter((entry) => typeof entry === 'string');
  const sources = listAt(inspected, ['Mounts']).flatMap((mount) =>
    textAt(mount, ['Type']) === 'bind' ? (textAt(mount, ['Source']) ?? []) : [],
  );
  const loosePaths = loosePathsOf(sources);
  return {
    imagePresent: image !== undefined,
    ...(image !== undefined && { imageEnvironment: environment }),
    ...(loosePaths !== undefined && { loosePaths }),
  };
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inside, name) =>
      typeof inside === 'object' && inside !== null && Object.hasOwn(inside, name)
        ? inside[name as keyof typeof inside]
        : undefined,
    value,
  );
}

function textAt(value: unknown, path: readonly string[]): string | undefined {
  const found = at(value, path);
  return typeof found === 'string' ? found : undefined;
}

function numberAt(value: unknown, path: readonly string[]): number | undefined {
  const found = at(value, path);
  return typeof found === 'number' ? found : undefined;
}

function listAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}
