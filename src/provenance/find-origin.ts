import { AppError, isAppError, parseJsonWithin } from '#base/index.ts';
import { fetchManifest, type Registry, type RegistryDocument, repositoryOf } from '#image/index.ts';
import type { OriginProof, ProvenPlace, TrustedRegistry } from './contract.ts';
import type { Question, Questions } from './questions.ts';
import { ManifestOrIndex } from './schema.ts';

/** Opens the repository of a trusted registry; the same one each time. */
export type OpenRepository = (registry: TrustedRegistry, name: Question['name']) => Promise<Registry>;

export interface FoundOrigin {
  readonly proof: OriginProof;
  /** Whether somebody could not be asked. */
  readonly isAway: boolean;
}

/** Manifests of one index, that are followed. */
const mostManifests = 40;
const deepestIndex = 3;
/** Questions in a row that a registry leaves without an answer before it is away for this look. */
const mostSilences = 3;

interface Asking {
  readonly open: OpenRepository;
  /** Looks at what lies beside a manifest, once its registry was asked for all of them. */
  readonly lookBeside: (place: ProvenPlace) => Promise<void>;
  /** Ends the look: what was found before counts. */
  readonly signal: AbortSignal;
}

/**
 * Asks trusted registries for manifests that name the image. Names and digests that engines tell are hints where to ask;
 * what proves is a manifest whose content names the digest of the config. Registries are asked side by side, each for
 * manifests and then for what lies beside them, so that a slow one holds up no other.
 */
export async function findOrigin(image: string, questions: Questions, asking: Asking): Promise<FoundOrigin> {
  if (questions.asked.length === 0)
    return unknownOrigin('No name or digest of it tells which trusted registry to ask.');
  const places = new Map<string, ProvenPlace>();
  const failures = new Set<string>();
  const byRegistry = Map.groupBy(questions.asked, ({ registry }) => registry.id);
  const lists = [...byRegistry.values()].map(async (own) => await askInTurn(image, own, asking));
  for (const found of await Promise.all(lists)) {
    for (const place of found.places) places.set(placeKey(place), place);
    for (const failure of found.failures) failures.add(failure);
  }
  return concluded([...places.values()], [...failures], questions);
}

async function askInTurn(image: string, questions: readonly Question[], { open, lookBeside, signal }: Asking) {
  const places = new Map<string, ProvenPlace>();
  const failures: string[] = [];
  let silences = 0;
  for (const question of questions) {
    if (signal.aborted) failures.push(notInTime);
    if (signal.aborted || silences === mostSilences) break;
    try {
      const place = await ask(image, question, open);
      if (place !== undefined) places.set(placeKey(place), place);
      silences = 0;
    } catch (error) {
      if (!isAppError(error)) throw error;
      silences = isSilence(error) ? silences + 1 : 0;
      failures.push(signal.aborted ? notInTime : error.message);
    }
  }
  for (const place of places.values()) await lookBeside(place);
  return { places: [...places.values()], failures };
}

/** The same for a manifest of a repository, however it was found. */
export function placeKey({ repository, manifest }: ProvenPlace): string {
  return `${repository} ${manifest}`;
}

/** Nobody answered, unlike an answer that is none: that may be about one name alone. */
function isSilence({ code, cause }: AppError): boolean {
  return code === 'registry-unavailable' && cause !== undefined;
}

/** An origin that nothing is known of. */
export function unknownOrigin(why: string): FoundOrigin {
  return { proof: { state: 'unknown', why, places: [] }, isAway: false };
}

/** Why something is unknown that a registry was too slow for. */
export const notInTime = 'The registries were too slow to be asked for everything in one look.';

function concluded(
  places: readonly ProvenPlace[],
  failures: readonly string[],
  { asked, isMore }: Questions,
): FoundOrigin {
  const [first] = places;
  const isAway = failures.length > 0;
  if (first !== undefined) {
    const more = places.length === 1 ? '' : ` and ${places.length - 1} more`;
    return { proof: { state: 'proven', why: `${first.repository} holds it${more}.`, places }, isAway };
  }
  if (isAway) return { proof: { state: 'unknown', why: failures.join(' ').slice(0, 2000), places }, isAway };
  if (isMore)
    return unknownOrigin(`It has more names than are asked for, and ${asked.length} questions did not find it.`);
  const repositories = [...new Set(asked.map(({ name }) => repositoryOf(name)))];
  const why = `${repositories.slice(0, 5).join(', ')} ${repositories.length === 1 ? 'does' : 'do'} not hold it.`;
  return { proof: { state: 'disproven', why, places }, isAway };
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

/** Of a manifest or an index. */
const documentLimits = { bytes: 4 * 1024 ** 2, tokens: 500_000, depth: 100 };

function jsonOf(bytes: Buffer): unknown {
  const read = parseJsonWithin(bytes, documentLimits);
  return read.kind === 'read' ? read.value : undefined;
}
