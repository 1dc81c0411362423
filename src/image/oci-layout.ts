import { AppError } from '#base/index.ts';
import { type BlobStore, blobPath } from './blob-store.ts';
import type { DigestKeeping } from './kept-digests.ts';
import { listOciPlatforms, readOciImage } from './oci-image.ts';
import { isIntact } from './read-layer.ts';
import { readSavedImage } from './docker-save.ts';
import type { OpenedImage, OpenOptions, PlatformsFound, StoredLayer } from './source.ts';
import { subjectOf } from './subject.ts';

export interface StoredImageOptions {
  readonly open: OpenOptions;
  /** Name or digest of the image, where the user gave one. */
  readonly name?: string;
  /** Index or manifest to begin at, in a store of blobs that has no index of its own. */
  readonly root?: string;
  /** Digests of earlier readings that stand for hashing a layer again; missing: each is hashed. */
  readonly keeping?: DigestKeeping | undefined;
  /** Receives the config once it is checked. */
  onConfig?(config: Buffer, manifestDigest: string | undefined): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens an image stored as an OCI layout or by `docker save`, in a folder or a tar, or as blobs only. Throws as
 * `ImageSource.open`.
 */
export async function openStoredImage(store: BlobStore, options: StoredImageOptions): Promise<OpenedImage> {
  const { config, origin, layerPaths } = await readImage(store, options);
  const subject = subjectOf(config, origin);
  await options.onConfig?.(config, origin.manifestDigest);
  async function blob(index: number): Promise<StoredLayer> {
    const layer = subject.layers[index];
    const path = layerPaths[index];
    const range = path === undefined ? undefined : await store.locate(path);
    if (layer === undefined || range === undefined) {
      throw new AppError('target-corrupt', `${store.target} does not hold layer ${index + 1} (${path ?? 'unnamed'}).`);
    }
    return { kind: 'stored', layer, ...range };
  }
  return {
    kind: 'image',
    subject,
    config,
    blob,
    async verify(index) {
      const found = await blob(index);
      if (await isIntact(found, options.open.limits, options.keeping)) return;
      const message = `Layer ${index + 1} of ${store.target} does not match ${found.layer.digest ?? found.layer.diffId}.`;
      throw new AppError('target-corrupt', message);
    },
    close: () => options.close(),
  };
}

/**
 * Platforms of what is stored as an OCI layout or by `docker save`, which saves images of one platform. Throws as
 * `openStoredImage`.
 */
export async function platformsOfStored(store: BlobStore, options: StoredImageOptions): Promise<PlatformsFound> {
  if ((await store.locate('index.json')) !== undefined) return await listOciPlatforms(store, options.name);
  const { subject } = await openStoredImage(store, options);
  return { platforms: [subject.platform], unopened: [], attestations: 0 };
}

type ReadImage = Awaited<ReturnType<typeof readSavedImage>>;

/** The layout comes first, because it names digests; names are taken from both. */
async function readImage(store: BlobStore, { open, name, root }: StoredImageOptions): Promise<ReadImage> {
  if (root !== undefined) return withPaths(await readOciImage(store, { platform: open.platform, root }));
  const isLayout = (await store.locate('index.json')) !== undefined;
  const isSaved = (await store.locate('manifest.json')) !== undefined;
  if (isSaved && (!isLayout || name !== undefined)) return await readSavedImage(store, name);
  if (!isLayout && store.isTruncated) throw new AppError('target-corrupt', `${store.target} is cut off or damaged.`);
  if (!isLayout) {
    throw new AppError('target-unreadable', `${store.target} holds neither manifest.json nor index.json of an image.`);
  }
  return withPaths(await readOciImage(store, { platform: open.platform, ...(name !== undefined && { name }) }));
}

function withPaths(image: Omit<ReadImage, 'layerPaths'>): ReadImage {
  return { ...image, layerPaths: image.origin.blobDigests.map((digest) => blobPath(digest ?? '')) };
}
