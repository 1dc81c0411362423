import { readFile } from 'node:fs/promises';
import type { ImageDigest } from '#base/index.ts';
import { FileHasher } from './hash-file.ts';
import { makeIndexInChild } from './image-files/index-child.ts';
import { ImageIndexes } from './image-files/image-indexes.ts';
import { overlayLayers } from './image-files/overlay-layers.ts';
import { ImagePrograms } from './image-programs.ts';
import type { RuntimeOptions } from './options.ts';

/** What is known of the images of this host. */
export interface Images {
  readonly hasher: FileHasher;
  readonly programs: ImagePrograms;
  readonly indexes: ImageIndexes;
  /** Engine's ids of images by their digest, and a container's root of each, as far as they were seen. */
  readonly places: Map<ImageDigest, { imageId?: string; root?: string }>;
  engineFiles: readonly string[];
}

export function openImages({ stateFolder, layers, log }: RuntimeOptions): Images {
  const places: Images['places'] = new Map();
  const indexes = new ImageIndexes({
    stateFolder,
    make: makeIndexInChild,
    log,
    async layers(digest) {
      const { imageId, root } = places.get(digest) ?? {};
      const stored = imageId === undefined ? undefined : await layers(imageId);
      if (stored !== undefined || root === undefined || root === '') return stored;
      return overlayLayers(await readFile('/proc/self/mountinfo', 'utf8'), root);
    },
  });
  return { hasher: new FileHasher(), programs: new ImagePrograms(indexes), indexes, places, engineFiles: [] };
}
