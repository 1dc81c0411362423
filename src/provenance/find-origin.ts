import { AppError, isAppError } from '#base/index.ts';
import {
  fetchManifest,
  type ImageName,
  parseImageName,
  type Registry,
  type RegistryDocument,
  repositoryOf,
} from '#image/index.ts';
import type { OriginProof, ProvenPlace, TrustedRegistry } from './contract.ts';
import { ManifestOrIndex } from './schema.ts';
import { isInScope, parseScope } from './scope.ts';

/** What is said of an image: by its engines, and by who scanned it. It only tells where to ask. */
export interface OriginHints {
  /** With tag or digest, `registry.example/app:1`. */
  readonly names: readonly string[];
  /** Digests of manifests and indexes. */
  readonly manifests: readonly string[];
}

/** Opens the repository of a trusted registry; the same one each time. */
export type OpenRepository = (registry: TrustedRegistry, name: Pick<ImageName, 'domain' | 'path'>) => Promise<Registry>;

/** One place to ask. */
interface Question {
  readonly registry: TrustedRegistry;
  readonly name: Pick<ImageName, 'domain' | 'path'>;
  /** Tag or digest. */
  readonly reference: string;
}

export interface FoundOrigin {
  readonly proof: OriginProof;
  /** Whether somebody could not be asked. */
  readonly isAway: boolean;
}

/** Questions for one image, and manifests of one index, that are followed. */
const mostQuestions = 40;
const mostManifests = 40;
const deepestIndex = 3;

/**
 * Asks trusted registries for manifests that name the image. Names and digests that engines tell are hints where to ask;
 * what proves is a manifest whose content names the digest of the config.
 */
export async function findOrigin(
  image: string,
  hints: OriginHints,
  where: { readonly registries: readonly TrustedRegistry[]; readonly open: OpenRepository },
): Promise<FoundOrigin> {
  if (where.registries.length === 0) return unknown('No registry is trusted.');
  const all = questionsOf(hints, where.registries);
  if (all.length === 0) return unknown('No name or digest of it tells which trusted registry to ask.');
  const places = new Map<string, ProvenPlace>();
  const failures: string[] = [];
  for (const question of all.slice(0, mostQuestions)) {
    try {
      const place = await ask(image, question, where.open);
      if (place !== undefined) places.set(`${place.repository} ${place.manifest}`, place);
    } catch (error) {
      if (!isAppError(error)) throw error;
      failures.push(error.message);
    }
  }
  return concluded([...places.values()], failures, all);
}

function concluded(places: readonly ProvenPlace[], failures: readonly string[], all: readonly Question[]): FoundOrigin {
  const [first] = places;
  const isAway = failures.length > 0;
  if (first !== undefined) {
    const more = places.length === 1 ? '' : ` and ${places.length - 1} more`;
    return { proof: { state: 'proven', why: `${first.repository} holds it${more}.`, places }, isAway };
  }
  if (isAway) return { proof: { state: 'unknown', why: failures.join(' ').slice(0, 2000), places }, isAway };
  if (all.length > mostQuestions)
    return unknown(`It has more names than are asked for: ${all.length}, and ${mostQuestions} did not find it.`);
  const asked = [...new Set(all.map(({ name }) => repositoryOf(name)))];
  const why = `${asked.slice(0, 5).join(', ')} ${asked.length === 1 ? 'does' : 'do'} not hold it.`;
  return { proof: { state: 'disproven', why, places }, isAway };
}

function unknown(why: string): FoundOrigin {
  return { proof: { state: 'unknown', why, places: [] }, isAway: false };
}

/** By digest first: tags may have moved on. */
function questionsOf({ names, manifests }: OriginHints, registries: readonly TrustedRegistry[]): readonly Question[] {
  const parsed = names.map(parseImageName).filter((name) => name !== undefined);
  const digests = [...new Set([...parsed.flatMap(({ digest }) => digest ?? []), ...manifests])];
  const found = new Map<string, Question>();
  const add = (question: Question) =>
    found.set(`${question.registry.id} ${repositoryOf(question.name)} ${question.reference}`, question);
  for (const registry of registries) {
    const own = parsed.filter((name) => isTrusted(registry, repositoryOf(name)));
    for (const { domain, path } of own)
      for (const reference of digests) add({ registry, name: { domain, path }, reference });
    for (const { domain, path, tag, digest } of own)
      if (digest === undefined) add({ registry, name: { domain, path }, reference: tag ?? 'latest' });
  }
  return [...found.values()];
}

export function isTrusted({ repositories }: Pick<TrustedRegistry, 'repositories'>, repository: string): boolean {
  const scope = parseScope(repositories);
  return scope !== undefined && isInScope(scope, repository);
}

async function ask(image: string, question: Question, open: OpenRepository): Promise<ProvenPlace | undefined> {
  const registry = await open(question.registry, question.name);
  const document = await fetchManifest(registry, question.reference);
  if (document === undefined) return undefined;
  const manifest = await manifestOf(image, document, { registry, depth: 0, left: { manifests: mostManifests } });
  if (manifest === undefined) return undefined;
  return {
    registry: question.registry.id,
    repository: repositoryOf(question.name),
    manifest,
    ...(manifest === document.digest ? {} : { index: document.digest }),
  };
}

interface Following {
  readonly registry: Registry;
  readonly depth: number;
  readonly left: { manifests: number };
}

/** Digest of the manifest, this one or one that it lists, whose config is the image. */
async function manifestOf(image: string, document: RegistryDocument, at: Following): Promise<string | undefined> {
  const read = ManifestOrIndex.safeParse(jsonOf(document.bytes));
  if (!read.success) return undefined;
  const { config, manifests = [] } = read.data;
  if (config?.digest === image) return document.digest;
  if (at.depth >= deepestIndex) return undefined;
  for (const { digest } of manifests) {
    at.left.manifests -= 1;
    if (at.left.manifests < 0)
      throw new AppError('target-corrupt', `An index of ${at.registry.repository} lists more manifests than are read.`);
    const below = await fetchManifest(at.registry, digest);
    const found = below && (await manifestOf(image, below, { ...at, depth: at.depth + 1 }));
    if (found !== undefined) return found;
  }
  return undefined;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
