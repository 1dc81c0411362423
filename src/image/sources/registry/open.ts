import { AppError, isAppError } from '#base/index.ts';
import type { Platform } from '../../contract.ts';
import { parseImageName } from '../../image-name.ts';
import { matchesPlatform, shownPlatform } from '../../platform.ts';
import { ConfigFile, type Descriptor, IndexFile, ManifestFile, RootFile } from '../../schema.ts';
import type { OpenedImage, OpenOptions } from '../../source.ts';
import { type ImageOrigin, parseJson, readJson, subjectOf } from '../../subject.ts';
import { anonymousAccess } from './access.ts';
import { openRegistry, type Registry } from './client.ts';
import { fetchDocument, fetchManifest, otherContent, type RegistryDocument } from './documents.ts';
import { fetchLayer, hasBlob } from './layer.ts';

export const deepestIndex = 4;

/** Opens an image of a registry; each layer is fetched when it is asked for. Throws as `ImageSource.open` and `Registry.ask`. */
export async function openRegistryImage(reference: string, options: OpenOptions): Promise<OpenedImage> {
  const name = parseImageName(reference);
  if (name === undefined) throw noName(reference);
  const registry = openRegistry(name, options.registry ?? anonymousAccess);
  try {
    const wanted = name.digest ?? name.tag ?? 'latest';
    const { config, origin } = await readRegistryImage(registry, wanted, options.platform);
    const names = name.tag === undefined && name.digest !== undefined ? [] : [`${registry.repository}:${wanted}`];
    return openedImage(registry, { config, origin: { ...origin, names } }, options);
  } catch (error) {
    registry.close();
    throw withHint(error, reference);
  }
}

/** Documents of one image, each checked against the digest that names it. */
export interface RegistryImage {
  readonly manifest: Buffer;
  readonly config: Buffer;
  readonly origin: ImageOrigin & { readonly sizes: readonly (number | undefined)[] };
}

/** Reads what a tag or digest names, for a platform where it is an index. Throws as `openRegistryImage`. */
export async function readRegistryImage(
  registry: Registry,
  wanted: string,
  platform: Platform,
): Promise<RegistryImage> {
  const root = await fetchManifest(registry, wanted);
  if (root === undefined) throw noImage(registry, wanted);
  const chosen = await chooseManifest(registry, root, { platform, depth: 0 });
  return { ...(await readConfig(registry, chosen)), manifest: chosen.bytes };
}

export function noName(reference: string): AppError {
  if (parseImageName(reference.toLowerCase()) === undefined)
    return new AppError('target-not-found', `${reference} is no name of an image.`, {
      next: 'Names are like registry.example/team/app:1 or registry.example/team/app@sha256:….',
    });
  return new AppError('target-not-found', `${reference} is no name of an image: a repository has small letters.`, {
    next: 'Write the repository in small letters; a tag may have others.',
  });
}

export function noImage({ repository }: Registry, wanted: string): AppError {
  return new AppError('target-not-found', `${repository} has no image ${wanted}.`, {
    next: 'Check repository and tag in the registry; without a tag, latest is meant.',
  });
}

/** A first part that is a registry for its capital letters alone was more likely meant as part of the repository. */
function withHint(error: unknown, reference: string): unknown {
  const [first = ''] = reference.split('/');
  if (!isAppError(error) || error.code !== 'registry-unavailable' || !/^[\w-]*[A-Z][\w-]*$/.test(first)) return error;
  return new AppError(error.code, error.message, {
    next: `${first} is read as a registry for its capital letters; write repositories in small ones.`,
    cause: error,
  });
}

interface Chosen extends RegistryDocument {
  readonly indexDigest?: string;
}

interface Choosing {
  readonly platform: Platform;
  readonly depth: number;
  readonly indexDigest?: string;
}

/** The manifest itself, or the one of an index that is for the platform. */
async function chooseManifest(registry: Registry, document: RegistryDocument, choosing: Choosing): Promise<Chosen> {
  const { platform, depth, indexDigest } = choosing;
  const target = registry.repository;
  const root = parseJson(document.bytes, { schema: RootFile, target, what: 'manifest' });
  if (root.manifests === undefined) return { ...document, ...(indexDigest === undefined ? {} : { indexDigest }) };
  if (depth >= deepestIndex) throw new AppError('target-corrupt', `Indexes in ${target} are nested too deep.`);
  const { manifests } = parseJson(document.bytes, { schema: IndexFile, target, what: 'index' });
  const images = manifests.filter((one) => !isAttestation(one));
  const [only] = images;
  const fitting = images.length === 1 ? only : images.find((one) => isFor(one, platform));
  if (fitting === undefined) {
    const listed = images.map(platformIn).slice(0, 20).map(shownPlatform).join(', ');
    const message = `${target} holds no image for ${shownPlatform(platform)}, but ${listed || 'nothing'}.`;
    throw new AppError('platform-not-found', message);
  }
  const below = await fetchManifest(registry, fitting.digest);
  if (below === undefined)
    throw new AppError('target-corrupt', `${target} lacks ${fitting.digest}, which its index names.`);
  return await chooseManifest(registry, below, { platform, depth: depth + 1, indexDigest: document.digest });
}

/** BuildKit stores provenance and SBOMs as manifests for an unknown platform. */
export function isAttestation({ annotations, platform }: Descriptor): boolean {
  return annotations?.['vnd.docker.reference.type'] !== undefined || platform?.os === 'unknown';
}

function isFor(descriptor: Descriptor, platform: Platform): boolean {
  return (descriptor.platform ?? undefined) !== undefined && matchesPlatform(platformIn(descriptor), platform);
}

export function platformIn({ platform }: Descriptor): Platform {
  const { os = 'unknown', architecture = 'unknown', variant } = platform ?? {};
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

type Read = Omit<RegistryImage, 'manifest'>;

async function readConfig(registry: Registry, { digest, bytes, indexDigest }: Chosen): Promise<Read> {
  const target = registry.repository;
  const manifest = parseJson(bytes, { schema: ManifestFile, target, what: 'manifest' });
  const config = await fetchDocument(registry, manifest.config.digest);
  if (config === undefined)
    throw new AppError('target-corrupt', `${target} lacks the config ${manifest.config.digest}.`);
  if (!isConfig(config))
    throw new AppError('target-unreadable', `${target} holds no image at ${digest}, but something else.`);
  const origin = {
    target,
    configDigest: manifest.config.digest,
    manifestDigest: digest,
    ...(indexDigest === undefined ? {} : { indexDigest }),
    names: [],
    blobDigests: manifest.layers.map((layer) => layer.digest),
    sizes: manifest.layers.map((layer) => layer.size),
  };
  return { config, origin };
}

function isConfig(bytes: Buffer): boolean {
  const read = readJson(bytes);
  return read.kind === 'read' && ConfigFile.safeParse(read.value).success;
}

function openedImage(registry: Registry, { config, origin }: Read, { limits }: OpenOptions): OpenedImage {
  const subject = subjectOf(config, origin);
  const removals: (() => Promise<void>)[] = [];
  const digestAt = (index: number): string => {
    const digest = origin.blobDigests[index];
    if (digest !== undefined) return digest;
    throw new AppError('target-corrupt', `${registry.repository} holds no layer ${index + 1}.`);
  };
  return {
    kind: 'image',
    subject,
    config,
    async blob(index) {
      const layer = subject.layers[index];
      const digest = digestAt(index);
      if (layer === undefined) throw otherContent(registry, digest);
      const fetched = await fetchLayer(registry, { digest, size: origin.sizes[index], limit: limits.layerBytes });
      removals.push(fetched.remove);
      return { kind: 'stored', layer, file: fetched.file, offset: 0, length: fetched.size };
    },
    async verify(index) {
      const digest = digestAt(index);
      if (await hasBlob(registry, digest)) return;
      throw new AppError('target-corrupt', `${registry.repository} lacks layer ${index + 1} (${digest}).`);
    },
    async close() {
      registry.close();
      await Promise.all(removals.splice(0).map(async (remove) => await remove()));
    },
  };
}
