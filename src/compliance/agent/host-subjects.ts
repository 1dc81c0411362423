import { missing } from '#base/index.ts';
import {
  askEngine,
  type CollectedEngine,
  collectEngine,
  collectHost,
  createFileMemory,
  type RememberedFile,
} from '#inventory/agent/index.ts';
import type { ComplianceFact } from '../contract.ts';
import { containerDocuments } from './container-documents.ts';
import { engineContents } from './engine-contents.ts';
import {
  engineSubjects,
  networkDocuments,
  referenceDocuments,
  referenceSubjects,
  serviceDocuments,
} from './engine-subjects.ts';
import { type Lasting, lasting } from './lasting.ts';
import { createRounds } from './round.ts';
import type { RunningContainer } from './running.ts';
import type { ReadDocument, WatchedSubjects } from './watch-subjects.ts';

export interface HostSubjectsOptions {
  /** Of the engine. */
  readonly socket: string;
  /** What the host is called. */
  readonly host: string;
  /** Why the files below `/` are not the host's, as part of a sentence; missing: they are. Nothing is then told of the host. */
  readonly hidden?: string;
  /** Containers that run now. */
  readonly running: () => readonly RunningContainer[];
  /** SHA-256 in hex of the wrapper of the product that was installed; `undefined`: none was. */
  readonly wrapper: () => string | undefined;
  /** Told each path of the host that its facts rest on. */
  readonly lookedAt?: (path: string) => void;
}

type Subject = ComplianceFact['subject'];

/** What reads a subject of each kind; registries are asked at a pace of their own. */
type Readers = Readonly<Record<Subject['kind'], (id: string) => Promise<readonly ReadDocument[] | undefined>>>;

/** Milliseconds that one question to the engine may last. */
const patience = 10_000;
/** Bytes of an answer: a list of thousands of containers. */
const longestReply = 16 * 1024 * 1024;
/** Milliseconds after which an engine is looked at again, whatever happened. */
const longestEngine = 600_000;

/** A host and its engine go by this id: there is one of each. */
const own = 'self';

/** What an agent, or a command on the host, reads for checks: the host, its engine, and what the engine has. */
export function hostSubjects(options: HostSubjectsOptions): WatchedSubjects {
  const { socket, host, running, wrapper } = options;
  const memory = createFileMemory();
  const engine = engineFacts(options, memory);
  const engineNow = async (): Promise<CollectedEngine | undefined> => {
    const collected = await engine.current();
    // One that did not answer is asked at the next question.
    if (collected === undefined) engine.end();
    return collected;
  };
  const limits = async () => (await engineNow())?.facts['default-ulimits'] ?? missing('no engine answers');
  const rounds = createRounds({ ask: askEngine({ socket, patience, longestReply }), socket, limits });
  const readHost = async (): Promise<readonly ReadDocument[]> => {
    const { places, facts: ofEngine } = (await engineNow()) ?? {};
    if (ofEngine?.deviceFolders.kind === 'known')
      for (const { path } of ofEngine.deviceFolders.value) options.lookedAt?.(path);
    const installed = wrapper();
    const facts = await collectHost({
      root: '/',
      memory,
      ...(places && { engine: { ...places, ...(installed !== undefined && { wrapper: installed }) } }),
      ...(places && { contents: await engineContents(rounds.current) }),
      ...(options.lookedAt && { lookedAt: options.lookedAt }),
    });
    return [{ kind: 'host', fields: options.hidden === undefined ? facts : unknownOf(facts, options.hidden) }];
  };
  const now = rounds.current;
  const readers: Readers = {
    host: readHost,
    engine: async () => documentsOf(await engineNow()),
    container: async (id) => await containerDocuments(await now(), id),
    network: async (id) => await networkDocuments(await now(), id),
    service: async (id) => await serviceDocuments(await now(), id),
    reference: async (id) => await referenceDocuments(await now(), running(), id),
    registry: async () => undefined,
  };
  return {
    all: async () => [
      { kind: 'engine', id: own, name: host },
      { kind: 'host', id: own, name: host },
      ...running().map(({ id, name }): Subject => ({ kind: 'container', id, name })),
      ...referenceSubjects(running()),
      // Of an engine that does not answer nothing new is known; what was reported of it is read all the same, and says so.
      ...(await rounds.current().then(engineSubjects, () => [])),
    ],
    read: async (subject) => await readers[subject.kind](subject.id),
    forget(subject) {
      rounds.end();
      if (subject === undefined || subject.kind === 'engine' || subject.kind === 'host') engine.end();
    },
  };
}

function unknownOf(facts: object, why: string): ReadDocument['fields'] {
  return Object.fromEntries(Object.keys(facts).map((name) => [name, missing(why)]));
}

function documentsOf(collected: CollectedEngine | undefined): readonly ReadDocument[] | undefined {
  return collected && [{ kind: 'engine', fields: collected.facts }];
}

function engineFacts(
  { socket, wrapper }: HostSubjectsOptions,
  memory: ReturnType<typeof createFileMemory>,
): Lasting<CollectedEngine | undefined> {
  let remembered: RememberedFile | undefined;
  return lasting(async () => {
    const installed = wrapper();
    const ownPrograms = installed === undefined ? [] : [installed];
    const collected = await collectEngine({ socket, ownPrograms, memory, ...(remembered && { remembered }) });
    if (collected?.remember !== undefined) remembered = collected.remember;
    return collected;
  }, longestEngine);
}
