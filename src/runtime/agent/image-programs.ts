import type { ImageDigest } from '#base/index.ts';

/** What the scan of an image says of one of its programs. */
export interface KnownProgram {
  readonly sha256: string;
  readonly md5: string;
  /** purl of the package that it belongs to. */
  readonly package?: string | undefined;
  /** Index of the layer that holds the file as it is. */
  readonly layer?: number | undefined;
}

/** An executable or code file of an image as its scan found it. */
export interface ScannedExecutable extends KnownProgram {
  /** Canonical, no leading slash. */
  readonly path: string;
  readonly size: number;
  /** Index of the layer that holds the file as it is. */
  readonly layer: number;
  readonly elf?: { readonly interpreter?: string | undefined } | undefined;
}

/** What was scanned of an image; `undefined` when it was not yet. */
export type ReadExecutables = (
  digest: ImageDigest,
) => Promise<{ readonly executables: readonly ScannedExecutable[]; readonly isComplete: boolean } | undefined>;

/** Images whose programs are held in memory. */
const most = 6;

/** Looks up programs of images, with the newest few images in memory. */
export class ImagePrograms {
  readonly #read: ReadExecutables;
  readonly #images = new Map<string, Promise<ReadonlyMap<string, KnownProgram>>>();

  constructor(read: ReadExecutables) {
    this.#read = read;
  }

  /** `path` as containers have it, with links resolved. */
  async find(digest: ImageDigest, path: string): Promise<KnownProgram | undefined> {
    const known = this.#images.get(digest) ?? this.#load(digest);
    this.#images.delete(digest);
    this.#images.set(digest, known);
    const [oldest] = this.#images.keys();
    if (this.#images.size > most && oldest !== undefined) this.#images.delete(oldest);
    return (await known).get(path.replace(/^\//, ''));
  }

  /** The image was scanned again. */
  forget(digest: ImageDigest): void {
    this.#images.delete(digest);
  }

  async #load(digest: ImageDigest): Promise<ReadonlyMap<string, KnownProgram>> {
    const found = await this.#read(digest).catch(() => undefined);
    if (found === undefined) this.#images.delete(digest);
    return new Map(
      (found?.executables ?? []).map(({ path, sha256, md5, layer, package: owner }) => [
        path,
        { sha256, md5, layer, ...(owner === undefined ? {} : { package: owner }) },
      ]),
    );
  }
}
