import type { ImageDigest } from '#base/index.ts';
import type { ImageIndexes } from './image-files/image-indexes.ts';
import type { KnownProgram } from './image-files/scanned-executable.ts';

/** Looks up programs of images on the disk. */
export class ImagePrograms {
  readonly #indexes: Pick<ImageIndexes, 'scanned'>;

  constructor(indexes: Pick<ImageIndexes, 'scanned'>) {
    this.#indexes = indexes;
  }

  /** `path` as containers have it, with links resolved. */
  async find(digest: ImageDigest, path: string): Promise<KnownProgram | undefined> {
    return (await this.#indexes.scanned(digest))?.find(path);
  }
}
