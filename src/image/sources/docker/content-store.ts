import { AppError } from '#base/index.ts';
import { blobPath, folderStore } from '../../blob-store.ts';
import type { OpenedImage, OpenOptions } from '../../source.ts';
import { openStoredImage } from '../../oci-layout.ts';
import type { InspectedImage } from './engine.ts';

export interface ContentStoreOptions {
  readonly open: OpenOptions;
  /** Folders that may hold it. */
  readonly contentStores: readonly string[];
  readonly need: Need;
}

/** All of an image, or its documents alone: index, manifest and config, which tell what it is. */
export type Need = 'whole' | 'documents';

/**
 * Opens an image of the containerd store where it lies. Its layers are read from containerd's content store, not from
 * the folders of a snapshotter such as overlayfs: these hold the same layers unpacked, but only the blobs can be compared
 * with the digests that name them. Throws `target-corrupt` where a blob is missing, as `ImageSource.open` otherwise.
 */
export async function openFromContentStore(image: InspectedImage, options: ContentStoreOptions): Promise<OpenedImage> {
  for (const folder of options.contentStores) {
    const store = folderStore(folder);
    if ((await store.locate(blobPath(image.id))) === undefined) continue;
    const opened = await openStoredImage(store, { open: options.open, root: image.id, close: async () => undefined });
    // Blobs of layers may be missing: containerd pulls none that it holds unpacked, and can be told to drop them then.
    if (options.need === 'whole') for (const { index } of opened.subject.layers) await opened.blob(index);
    return { ...opened, subject: { ...opened.subject, names: image.names }, readFrom: 'engine-files' };
  }
  throw new AppError('target-corrupt', `No content store of containerd holds ${image.id}.`);
}
