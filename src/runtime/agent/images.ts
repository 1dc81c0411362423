import { readFile } from 'node:fs/promises';
import type { ImageDigest } from '#base/index.ts';
import { FileHasher } from './hash-file.ts';
import { ImageTables } from './image-files/image-tables.ts';
import { overlayLayers } from './image-files/overlay-layers.ts';
import { ImagePrograms } from './image-programs.ts';
import type { RuntimeOptions } from './options.ts';

/** What is known of the images of this host. */
export interface Images {
  readonly hasher: FileHasher;
  readonly programs: ImagePrograms;
  readonly tables: ImageTables;
  /** Engine's ids of images by their digest, and a container's root of each, as far as they were seen. */
  readonly places: Map<ImageDigest, { imageId?: string; root?: string }>;
  engineFiles: readonly string[];
}

export function openImages({ executables, layers, log }: RuntimeOptions): Images {
  const places: Images['places'] = new Map();
  const tables = new ImageTables({
    read: executables,
    log,
    async layers(digest) {
      const { imageId, root } = places.get(digest) ?? {};
      const stored = imageId === undefined ? undefined : await layers(imageId);
      if (stored !== undefined || root === undefined || root === '') return stored;
      return overlayLayers(await readFile('/proc/self/mountinfo', 'utf8'), root);
    },
  });
  return { hasher: new FileHasher(), programs: new ImagePrograms(executables), tables, places, engineFiles: [] };
}
