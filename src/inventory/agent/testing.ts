import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, type SubjectId } from '#base/index.ts';
import { configDigestOf, defaultLimits } from '#image/index.ts';
import { dockerArchive, type MadeImage } from '../../../test/make/image.ts';
import { file, makeTar, type TarEntry } from '../../../test/make/tar.ts';
import type { ContainerFact, Engine, HostFact, ImageFact, PresentFact, UseFact } from '../contract.ts';
import type { Collecting, DescribedContainer, EngineChange } from './collector.ts';
import { docker } from './collectors/docker/index.ts';
import type { EnvironmentSettings } from './environment.ts';
import { createReporter, type FactSink } from './reporter.ts';

interface Bodies {
  readonly container: ContainerFact;
  readonly image: ImageFact;
  readonly present: PresentFact;
  readonly host: HostFact;
  readonly use: UseFact;
}

/** Where facts go in a test: kept in their order, with when they came. */
export interface RecordedFacts extends FactSink {
  readonly all: { readonly kind: string; readonly body: unknown; readonly at: number }[];
  of<Kind extends keyof Bodies>(kind: Kind): readonly Bodies[Kind][];
  /** The last word on one container. */
  container(id: string): ContainerFact | undefined;
}

export function recordFacts(): RecordedFacts {
  const all: { kind: string; body: unknown; at: number }[] = [];
  const of = <Kind extends keyof Bodies>(kind: Kind) =>
    all.filter((one) => one.kind === kind).map(({ body }) => body as Bodies[Kind]);
  return {
    all,
    of,
    container: (id) => of('container').findLast((fact) => fact.id === id),
    async send(kind, body) {
      all.push({ kind, body: structuredClone(body), at: performance.now() });
    },
  };
}

/** An image that runs: Debian's static busybox, and further files. */
export function busyboxImage(names: readonly string[], files: readonly TarEntry[] = []): MadeImage {
  const busybox = file('bin/busybox', readFileSync('/usr/bin/busybox'), 0o755);
  return dockerArchive([makeTar([busybox, ...files])], { names });
}

/** One call of an engine's API; the reply as JSON, or as text where it is none. */
export function ask(socketPath: string, [method, path]: readonly [string, string], body?: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { host: 'docker', 'content-type': 'application/json' };
    const sent = request({ socketPath, path, method, headers }, async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part);
      const text = Buffer.concat(parts).toString();
      if ((response.statusCode ?? 500) >= 400) reject(new Error(`${path}: ${text}`));
      else resolve(text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text);
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Makes and starts a container without network; `settings` are laid over the engine's. Answers its id. */
export async function startContainer(
  socket: string,
  settings: { readonly HostConfig?: object } & Readonly<Record<string, unknown>>,
): Promise<string> {
  const { HostConfig, ...config } = settings;
  const body = { Image: 'shop/box:1', Cmd: ['/bin/busybox', 'sleep', '1000'], ...config };
  const host = { NetworkMode: 'none', ...HostConfig };
  const made = (await ask(socket, ['POST', '/containers/create'], { ...body, HostConfig: host })) as { Id: string };
  await ask(socket, ['POST', `/containers/${made.Id}/start`]);
  return made.Id;
}

export async function removeContainer(socket: string, id: string): Promise<void> {
  await ask(socket, ['DELETE', `/containers/${id}?force=1`]);
}

/** A collector at work on an engine, and what it said. */
export interface CollectorAtWork {
  readonly facts: RecordedFacts;
  readonly engines: Engine[];
  readonly described: DescribedContainer[];
  readonly changes: EngineChange[];
  readonly collecting: Collecting;
}

export function collect(
  socket: string,
  { stateFolder, settings }: { readonly stateFolder: string; readonly settings?: EnvironmentSettings },
): CollectorAtWork {
  const facts = recordFacts();
  const engines: Engine[] = [];
  const described: DescribedContainer[] = [];
  const changes: EngineChange[] = [];
  const platform = { os: 'linux', architecture: 'amd64' };
  const open = { platform, limits: defaultLimits, dockerSocket: socket, cacheFolder: join(stateFolder, 'cache') };
  const collecting = docker.start({
    socket,
    stateFolder,
    settings: settings ?? { allowEnvironments: [] },
    reporter: createReporter(facts, silentLog),
    identify: async (id) => (await configDigestOf(id, open))?.digest as SubjectId | undefined,
    log: silentLog,
    onEngine: (engine) => void engines.push(engine),
    onChange: (change) => void changes.push(change),
    onImages: () => undefined,
    onContainer: (container) => void described.push(container),
  });
  return { facts, engines, described, changes, collecting };
}

/** A folder that goes with the test. */
export async function withFolder<Value>(work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'seawall-agent-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
