import { mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '#base/index.ts';
import { blobPath } from '../../blob-store.ts';
import type { Platform } from '../../contract.ts';
import { parseImageName } from '../../image-name.ts';
import type { RegistryAccess } from './access.ts';
import { openRegistry, type Registry } from './client.ts';
import { otherContent } from './documents.ts';
import { layerBytes } from './layer.ts';
import { readRegistryImage, type RegistryImage } from './open.ts';

export interface StoreImageOptions {
  readonly access: RegistryAccess;
  /** Of an index, the image for it. */
  readonly platform: Platform;
  /** An empty folder, which becomes an OCI layout. */
  readonly folder: string;
  /** Digest of the config; the manifest must name it. Missing: whatever it names. */
  readonly image?: string;
  /** Told how many bytes all layers have together, before the first of them is fetched; throws where that is too much. */
  readonly reserve: (bytes: number) => Promise<void>;
}

/** An image as it lies in a folder now. */
export interface StoredImage {
  /** Digest of its config. */
  readonly image: string;
  readonly manifest: string;
  /** The index that led to it, where the reference named one. */
  readonly index?: string;
}

/**
 * Fetches an image of a registry by digest, `HOST/REPOSITORY@sha256:…`, into an OCI layout. Manifest, config and layers
 * are each checked against the digest that names them while they come. What was written stays where it fails. Throws as
 * `openRegistryImage`, and `target-corrupt` for a manifest that does not say how large its layers are.
 */
export async function storeRegistryImage(reference: string, options: StoreImageOptions): Promise<StoredImage> {
  const name = parseImageName(reference);
  if (name?.digest === undefined) throw new AppError('target-not-found', `${reference} names no image by its digest.`);
  const registry = openRegistry(name, options.access);
  try {
    const read = await readRegistryImage(registry, name.digest, options.platform);
    const { configDigest = '', manifestDigest = '', indexDigest } = read.origin;
    if (options.image !== undefined && options.image !== configDigest) throw otherContent(registry, options.image);
    const layers = layersOf(registry, read);
    await options.reserve([...layers.values()].reduce((sum, size) => sum + size, 0));
    await writeDocuments(options.folder, read);
    for (const [digest, size] of layers) await writeLayer(registry, { digest, size, folder: options.folder });
    return {
      image: configDigest,
      manifest: manifestDigest,
      ...(indexDigest === undefined ? {} : { index: indexDigest }),
    };
  } finally {
    registry.close();
  }
}

/** Size of each blob, by digest: a layer may stand in an image twice. */
function layersOf({ repository }: Registry, { origin }: RegistryImage): ReadonlyMap<string, number> {
  const layers = new Map<string, number>();
  for (const [index, digest] of origin.blobDigests.entries()) {
    const size = origin.sizes[index];
    if (digest === undefined || size === undefined || !Number.isSafeInteger(size) || size < 0)
      throw new AppError(
        'target-corrupt',
        `The manifest in ${repository} does not say how large layer ${index + 1} is.`,
      );
    layers.set(digest, Math.max(size, layers.get(digest) ?? 0));
  }
  return layers;
}

async function writeDocuments(folder: string, { manifest, config, origin }: RegistryImage): Promise<void> {
  const { manifestDigest = '', configDigest = '' } = origin;
  const described = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: manifestDigest,
    size: manifest.length,
  };
  const files: readonly (readonly [string, Buffer | string])[] = [
    [blobPath(manifestDigest), manifest],
    [blobPath(configDigest), config],
    ['oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' })],
    ['index.json', JSON.stringify({ schemaVersion: 2, manifests: [described] })],
  ];
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
    await writeFile(join(folder, path), content, { mode: 0o600 });
  }
}

async function writeLayer(
  registry: Registry,
  { digest, size, folder }: { readonly digest: string; readonly size: number; readonly folder: string },
): Promise<void> {
  const handle = await open(join(folder, blobPath(digest)), 'w', 0o600);
  try {
    for await (const chunk of layerBytes(registry, { digest, size })) await handle.writeFile(chunk);
  } finally {
    await handle.close();
  }
}
