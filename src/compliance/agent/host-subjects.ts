import {
  askEngine,
  collectEngine,
  collectHost,
  createFileMemory,
  loosePathsOf,
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
  withFacts,
  withProcesses,
} from '#inventory/index.ts';
import type { ComplianceFact } from '../contract.ts';
import { createRounds, type Round } from './round.ts';
import { listAt, numberAt, textAt } from './members.ts';
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

/** Milliseconds that one question to the engine may last. */
const patience = 10_000;

/** A host and its engine go by this id: there is one of each. */
const own = 'self';

/** What an agent, or a command on the host, reads for checks: the host, its engine, each container. */
export function hostSubjects({ socket, host, running, ownPrograms }: HostSubjectsOptions): WatchedSubjects {
  const rounds = createRounds(askEngine({ socket, patience }), socket);
  const memory = createFileMemory();
  let remembered: RememberedFile | undefined;
  const engine = async (): Promise<readonly ReadDocument[] | undefined> => {
    const collected = await collectEngine({ socket, ownPrograms, memory, ...(remembered && { remembered }) });
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
          return [{ kind: 'host', fields: await collectHost({ root: '/', memory }) }];
        case 'engine':
          return await engine();
        case 'container':
          return await containerDocuments(await rounds.current(), id);
        default:
          return undefined;
      }
    },
    forget: rounds.end,
  };
}

/** What the engine configured and, of one that runs, what is in effect. */
async function containerDocuments(round: Round, id: string): Promise<readonly ReadDocument[] | undefined> {
  const inspected = await round.ask(`/containers/${encodeURIComponent(id)}/json`, unparsed);
  if (inspected === undefined) return undefined;
  const fields = await containerOfInspect(inspected, await aroundOf(round, inspected));
  const pid = numberAt(inspected, ['State', 'Pid']);
  const configured = { kind: 'inspect', fields };
  if (pid === undefined || pid <= 0) return [configured];
  const effective = containerOfProcesses(readContainerState(pid));
  return [configured, { kind: 'effective', fields: withProcesses(fields, effective) }];
}

async function aroundOf(round: Round, inspected: unknown): Promise<Around> {
  return {
    view: round.view,
    facts: withFacts(round.facts, await learned(round, inspected), 'engine and host'),
    sensitivityOf: async (container) =>
      textAt(await round.ask(`/containers/${encodeURIComponent(container)}/json`, unparsed), [
        'Config',
        'Labels',
        sensitivityLabel,
      ]),
  };
}

/** What its image and the folders that lead to its mounts say. */
async function learned(round: Round, inspected: unknown): Promise<Partial<Surroundings>> {
  const image = await round.image(textAt(inspected, ['Image']) ?? '');
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
