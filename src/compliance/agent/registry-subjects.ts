import { missing } from '#base/index.ts';
import { parseImageName } from '#image/index.ts';
import { type Ask, askByFetch, askEngine, collectRegistry, connectByTls } from '#inventory/agent/index.ts';
import { createRounds, type Round } from './round.ts';
import { type Deployed, deployedNames, registriesOf, type RunningContainer } from './running.ts';
import { InspectedPlatform, RegistryMirrors } from './schema.ts';
import type { ReadDocument, WatchedSubjects } from './watch-subjects.ts';

export interface RegistrySubjectsOptions {
  /** Of the engine. */
  readonly socket: string;
  readonly running: () => readonly RunningContainer[];
  /** Folder of the host’s files. */
  readonly root?: string;
  /** Milliseconds for which the answers of a registry are good: it is asked no more often. */
  readonly pause: number;
}

/** Milliseconds for one question to the engine, and for all to one registry. */
const patience = { engine: 10_000, registry: 60_000 };
/** Registries that are asked; others are not reported. */
const mostRegistries = 32;

interface Asked {
  readonly at: number;
  readonly documents: Promise<readonly ReadDocument[]>;
}

/** Registries that the running containers of an engine name, as this host is answered by them. No password is ever sent. */
export function registrySubjects(options: RegistrySubjectsOptions): WatchedSubjects {
  const { socket, running, pause } = options;
  const limits = async () => missing('a registry has no such thing');
  const rounds = createRounds({ ask: askEngine({ socket, patience: patience.engine }), socket, limits });
  const asked = new Map<string, Asked>();
  const registries = (): readonly string[] => registriesOf(running()).slice(0, mostRegistries);
  return {
    all: async () => registries().map((name) => ({ kind: 'registry', id: name, name })),
    async read({ id }) {
      if (!registries().includes(id)) {
        asked.delete(id);
        return undefined;
      }
      const now = performance.now();
      const before = asked.get(id);
      if (before !== undefined && now - before.at < pause) return await before.documents;
      const documents = rounds.current().then((round) => registryDocuments(options, round, id));
      asked.set(id, { at: now, documents });
      // The engine could not be asked, which costs no registry anything.
      documents.catch(() => asked.delete(id));
      return await documents;
    },
    forget: rounds.end,
  };
}

async function registryDocuments(
  { running, root = '/' }: RegistrySubjectsOptions,
  round: Round,
  host: string,
): Promise<readonly ReadDocument[]> {
  const names = deployedNames(running(), await round.containers()).flatMap((one) => nameIn(host, one));
  const mirrors = RegistryMirrors.parse(round.info).RegistryConfig?.Mirrors ?? [];
  const fields = await collectRegistry({
    host,
    root,
    ask: askUntil(performance.now() + patience.registry),
    connect: connectByTls(),
    repositories: names.map(({ repository, version }) => ({ repository, tag: version })),
    deployed: (await Promise.all(names.map((name) => deployedTag(round, name)))).flat(),
    // Docker asks mirrors in place of Docker Hub alone.
    mirrors: host === 'docker.io' ? mirrors : [],
    repoDigests: (await round.images()).flatMap(({ RepoDigests }) => RepoDigests ?? []),
  });
  return [{ kind: 'registry', fields }];
}

interface DeployedName {
  /** With its registry, as the engine writes it: `registry.example/team/shop`. */
  readonly domain: string;
  readonly repository: string;
  readonly tag: string | undefined;
  /** Tag or digest. */
  readonly version: string;
  readonly imageIds: readonly string[];
}

function nameIn(host: string, { text, imageIds }: Deployed): readonly DeployedName[] {
  const name = parseImageName(text);
  if (name?.domain !== host) return [];
  const { domain, path, digest } = name;
  const tag = name.tag ?? (digest === undefined ? 'latest' : undefined);
  return [{ domain, repository: path, tag, version: digest ?? tag ?? 'latest', imageIds }];
}

interface DeployedDigest {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** What runs by a tag, by the digest that the engine remembers; an image that was built here has none. */
async function deployedTag(round: Round, name: DeployedName): Promise<readonly DeployedDigest[]> {
  const { domain, repository, tag, imageIds } = name;
  if (tag === undefined) return [];
  const digests = new Set<string>();
  for (const id of imageIds) {
    const names = InspectedPlatform.safeParse(await round.image(id)).data?.RepoDigests ?? [];
    for (const text of names) {
      const known = parseImageName(text);
      if (known?.domain === domain && known.path === repository && known.digest !== undefined)
        digests.add(known.digest);
    }
  }
  return [...digests].toSorted().map((digest) => ({ repository, tag, digest }));
}

function askUntil(end: number): Ask {
  return async (url, options) => {
    if (performance.now() > end) throw new Error('the registry took too long for all that was asked');
    return await askByFetch(url, options);
  };
}
