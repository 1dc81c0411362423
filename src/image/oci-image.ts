import { AppError } from '#base/index.ts';
import { type BlobStore, blobPath, readDocument } from './blob-store.ts';
import type { Platform } from './contract.ts';
import { matchesPlatform, shownPlatform } from './platform.ts';
import { distinctPlatforms } from './platforms-found.ts';
import { ConfigFile, type Descriptor, IndexFile, ManifestFile, RootFile } from './schema.ts';
import type { PlatformsFound } from './source.ts';
import { digestOf, type ImageOrigin, parseJson } from './subject.ts';

/** What an index names, as far as it says which image that is. */
interface Named {
  readonly digest: string;
  readonly names: readonly string[];
  readonly platform: Platform;
  /** The nested index that names it. */
  readonly indexDigest?: string;
}

/** One image of a layout that could be meant. */
interface Candidate extends Named {
  readonly manifest: ManifestFile;
}

/** Which image of a layout is wanted. */
export interface Choice {
  readonly platform: Platform;
  /** Name or digest that the user gave. */
  readonly name?: string;
  /** Digest of the index or manifest to begin at, instead of `index.json`. */
  readonly root?: string;
}

const deepestIndex = 4;
/** Documents that are read for one choice, each index as often as it is named. */
const mostDocuments = 20_000;
const mostDocumentBytes = 512 * 1024 ** 2;
/** Docker's old manifests and OCI's name the same kind of config. */
const configTypes = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';
const indexTypes = new Set([indexType, 'application/vnd.docker.distribution.manifest.list.v2+json']);

/**
 * Chooses an image of a layout and reads its documents, each checked against the digest that names it. Attestation
 * manifests are skipped. Throws `target-unreadable` where the choice is open, `platform-not-found`, `target-corrupt`.
 */
export async function readOciImage(store: BlobStore, choice: Choice): Promise<{ config: Buffer; origin: ImageOrigin }> {
  const index = choice.root === undefined ? await readIndex(store) : await indexOf(store, choice.root);
  const candidates = await candidatesOf(store, index, { names: [], depth: 0, left: reading() });
  const chosen = choose(candidates, choice, store.target);
  return {
    config: await readBlob(store, chosen.manifest.config.digest),
    origin: {
      target: store.target,
      configDigest: chosen.manifest.config.digest,
      manifestDigest: chosen.digest,
      ...(chosen.indexDigest && { indexDigest: chosen.indexDigest }),
      names: chosen.names,
      blobDigests: chosen.manifest.layers.map((layer) => layer.digest),
    },
  };
}

/** Platforms of all images of a layout, or of those of a name. Throws as `readOciImage`. */
export async function listOciPlatforms(store: BlobStore, name?: string): Promise<PlatformsFound> {
  const left = reading();
  const candidates = await candidatesOf(store, await readIndex(store), { names: [], depth: 0, left });
  const isMeant = (one: Named, configDigest?: string) => name === undefined || isNamed(one, name, configDigest);
  const images = candidates.filter((one) => isMeant(one, one.manifest.config.digest));
  const missing = left.missing.filter((one) => isMeant(one));
  if (images.length === 0 && missing.length === 0) noneOf(candidates, name, store.target);
  const found = distinctPlatforms(new Map(images.map((one) => [one.digest, one.platform])));
  const reason = 'the layout names it and does not hold it';
  const lacking = missing.map(({ platform }) => ({ platform: shownPlatform(platform), reason }));
  return { ...found, unopened: [...found.unopened, ...lacking], attestations: left.attestations.size };
}

function reading(): Above['left'] {
  return { documents: mostDocuments, bytes: mostDocumentBytes, attestations: new Set(), missing: [] };
}

async function readIndex(store: BlobStore): Promise<IndexFile> {
  const bytes = await readDocument(store, 'index.json');
  return parseJson(bytes, { schema: IndexFile, target: store.target, what: 'index' });
}

/** An index that names one blob; what that is, only the blob itself says: indexes list manifests. */
async function indexOf(store: BlobStore, digest: string): Promise<IndexFile> {
  const bytes = await readBlob(store, digest);
  const { mediaType, manifests } = parseJson(bytes, { schema: RootFile, target: store.target, what: 'manifest' });
  return { manifests: [{ digest, mediaType: mediaType ?? (manifests === undefined ? manifestType : indexType) }] };
}

interface Above {
  readonly names: readonly string[];
  readonly depth: number;
  readonly indexDigest?: string;
  /** Indexes may name each other many times over: what may still be read, in all. */
  readonly left: {
    documents: number;
    bytes: number;
    /** What was passed by: digests of attestations, and what is named and not there. */
    readonly attestations: Set<string>;
    readonly missing: Named[];
  };
}

async function candidatesOf(store: BlobStore, index: IndexFile, above: Above): Promise<readonly Candidate[]> {
  if (above.depth > deepestIndex)
    throw new AppError('target-corrupt', `Indexes in ${store.target} are nested too deep.`);
  const found: Candidate[] = [];
  for (const descriptor of index.manifests) {
    const names = [...above.names, ...namesOf(descriptor)];
    if (isAttestation(descriptor)) {
      above.left.attestations.add(descriptor.digest);
      continue;
    }
    // An engine saves a multi-platform index whole and the manifests of one platform only.
    if ((await store.locate(blobPath(descriptor.digest))) === undefined) {
      above.left.missing.push(namedBy(descriptor, { ...above, names }, descriptor.platform));
      continue;
    }
    const bytes = await readBlob(store, descriptor.digest, above.left);
    if (indexTypes.has(descriptor.mediaType ?? '')) {
      const nested = parseJson(bytes, { schema: IndexFile, target: store.target, what: 'index' });
      const below = { names, depth: above.depth + 1, indexDigest: descriptor.digest, left: above.left };
      found.push(...(await candidatesOf(store, nested, below)));
    } else {
      const candidate = await candidateOf(store, { descriptor, bytes }, { ...above, names });
      if (candidate !== undefined) found.push(candidate);
    }
  }
  return found;
}

/** `undefined` for manifests of something else than an image: signatures, SBOMs, charts. */
async function candidateOf(
  store: BlobStore,
  { descriptor, bytes }: { readonly descriptor: Descriptor; readonly bytes: Buffer },
  above: Above,
): Promise<Candidate | undefined> {
  const manifest = parseJson(bytes, { schema: ManifestFile, target: store.target, what: 'manifest' });
  if (!configTypes.has(manifest.config.mediaType ?? '')) return undefined;
  const stated = descriptor.platform ?? (await configPlatform(store, manifest.config.digest, above.left));
  return { manifest, ...namedBy(descriptor, above, stated) };
}

function namedBy({ digest }: Descriptor, above: Above, stated: Descriptor['platform']): Named {
  return {
    digest,
    names: above.names,
    platform: {
      os: stated?.os ?? 'unknown',
      architecture: stated?.architecture ?? 'unknown',
      ...(stated?.variant && { variant: stated.variant }),
    },
    ...(above.indexDigest && { indexDigest: above.indexDigest }),
  };
}

async function configPlatform(
  store: BlobStore,
  digest: string,
  left: Above['left'],
): Promise<NonNullable<Descriptor['platform']>> {
  return parseJson(await readBlob(store, digest, left), { schema: ConfigFile, target: store.target, what: 'config' });
}

/** BuildKit stores provenance and SBOMs as manifests for an unknown platform. */
function isAttestation({ annotations, platform }: Descriptor): boolean {
  return annotations?.['vnd.docker.reference.type'] !== undefined || platform?.os === 'unknown';
}

/** Names by the annotations of the OCI layout, containerd and Docker. */
function namesOf({ annotations }: Descriptor): readonly string[] {
  const full = annotations?.['io.containerd.image.name'];
  const name = full ?? annotations?.['org.opencontainers.image.ref.name'];
  return name === undefined ? [] : [name];
}

function choose(candidates: readonly Candidate[], choice: Choice, target: string): Candidate {
  const { name } = choice;
  const named =
    name === undefined ? candidates : candidates.filter((one) => isNamed(one, name, one.manifest.config.digest));
  const images = [...new Map(named.map((one) => [one.digest, one])).values()];
  if (images.length === 0) noneOf(candidates, name, target);
  const fitting = images.length === 1 ? images : images.filter((one) => matchesPlatform(one.platform, choice.platform));
  const [first, ...others] = fitting;
  if (first === undefined) {
    const message = `${target} holds no image for ${shownPlatform(choice.platform)}, but ${listed(images)}.`;
    throw new AppError('platform-not-found', message);
  }
  if (others.length > 0) {
    const message = `${target} holds several images: ${listed(fitting)}.`;
    throw new AppError('target-unreadable', message, { next: `Name one of them: ${target}:NAME.` });
  }
  return first;
}

function noneOf(candidates: readonly Candidate[], name: string | undefined, target: string): never {
  if (name === undefined) throw new AppError('target-unreadable', `${target} holds no image.`);
  throw new AppError('target-not-found', `${target} holds no image ${name}, but ${listed(candidates)}.`);
}

function isNamed(candidate: Named, name: string, configDigest: string | undefined): boolean {
  const digests = [candidate.digest, configDigest, candidate.indexDigest];
  return candidate.names.some((own) => own === name || own.endsWith(`/${name}`)) || digests.includes(name);
}

function listed(candidates: readonly Candidate[]): string {
  const shown = candidates.map((one) => `${one.names[0] ?? one.digest} (${shownPlatform(one.platform)})`);
  return shown.slice(0, 20).join(', ') || 'nothing';
}

/** A blob checked against the digest that names it; it is taken from what may still be read. */
async function readBlob(store: BlobStore, digest: string, left?: Above['left']): Promise<Buffer> {
  const bytes = await readDocument(store, blobPath(digest));
  if (left !== undefined) {
    left.documents -= 1;
    left.bytes -= bytes.length;
    if (left.documents < 0 || left.bytes < 0)
      throw new AppError('target-corrupt', `The indexes in ${store.target} name more than is read for one image.`);
  }
  if (digestOf(bytes) !== digest)
    throw new AppError('target-corrupt', `A blob in ${store.target} does not match ${digest}.`);
  return bytes;
}
