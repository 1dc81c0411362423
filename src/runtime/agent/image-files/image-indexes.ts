import { rmSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type ImageDigest, type Log, messageOf } from '#base/index.ts';
import { executablesStamp } from '#catalog/agent/index.ts';
import { type ImageIndex, openImageIndex } from './image-index.ts';
import type { MakeIndex } from './index-child.ts';

export interface ImageIndexesOptions {
  /** Of the agent. */
  readonly stateFolder: string;
  /** Folders of an image's layers on this host, lowest first; `undefined` while they are not known. */
  readonly layers: (digest: ImageDigest) => Promise<readonly string[] | undefined>;
  readonly make: MakeIndex;
  readonly log: Log;
}

/** Indexes that are open: each costs a descriptor and half a megabyte. */
const most = 8;

/** Which files of this host are the executables of each image, in `STATE/runtime/images`. */
export class ImageIndexes {
  readonly #options: ImageIndexesOptions;
  readonly #folder: string;
  readonly #open = new Map<ImageDigest, ImageIndex>();
  readonly #failed = new Map<ImageDigest, Failure>();
  /** One is made at a time. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(options: ImageIndexesOptions) {
    this.#options = options;
    this.#folder = join(options.stateFolder, 'runtime', 'images');
  }

  /** As the image is scanned and lies here now; `undefined` while it was not scanned, or where it lies is not known. */
  of(digest: ImageDigest): Promise<ImageIndex | undefined> {
    return this.#inTurn(async () => {
      const layers = await this.#layersOf(digest);
      return layers === undefined ? undefined : await this.#current(digest, layers);
    });
  }

  /** As the image is scanned, wherever it lies; `undefined` while it was not scanned. */
  async scanned(digest: ImageDigest): Promise<ImageIndex | undefined> {
    const known = this.#touch(digest);
    if (known !== undefined) return known;
    return await this.#inTurn(async () => this.#current(digest, await this.#layersOf(digest)));
  }

  /** The image was scanned again, or is placed elsewhere. */
  forget(digest: ImageDigest): void {
    this.#open.get(digest)?.close();
    this.#open.delete(digest);
  }

  /** Removes the indexes of all other images. */
  async keepOnly(digests: ReadonlySet<ImageDigest>): Promise<void> {
    await this.#inTurn(() => this.#removeOthers(digests));
  }

  async #removeOthers(digests: ReadonlySet<ImageDigest>): Promise<void> {
    const kept = new Set([...digests].map(nameOf));
    for (const digest of this.#open.keys()) if (!digests.has(digest)) this.forget(digest);
    for (const digest of this.#failed.keys()) if (!digests.has(digest)) this.#failed.delete(digest);
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names)
      if (!kept.has(name.replace(/\..*$/, ''))) await rm(join(this.#folder, name), { recursive: true, force: true });
  }

  async close(): Promise<void> {
    await this.#work;
    for (const digest of this.#open.keys()) this.forget(digest);
  }

  #inTurn<Value>(ask: () => Promise<Value>): Promise<Value> {
    const next = this.#work.then(ask);
    this.#work = next.catch(() => undefined);
    return next;
  }

  async #layersOf(digest: ImageDigest): Promise<readonly string[] | undefined> {
    const { layers, log } = this.#options;
    return layers(digest).catch((error: unknown) => {
      log.warn({ image: digest, error: messageOf(error) }, 'Where an image lies could not be seen.');
      return undefined;
    });
  }

  async #current(digest: ImageDigest, layers: readonly string[] | undefined): Promise<ImageIndex | undefined> {
    const { stateFolder, make, log } = this.#options;
    const scan = await executablesStamp(stateFolder, digest);
    if (scan === undefined) return undefined;
    const wanted = `${hashOf([scan])} ${layers === undefined ? '' : hashOf(await stampsOf(layers))}`;
    const known = this.#touch(digest) ?? this.#read(digest);
    // One that was made when the layers were known says the same of the scan.
    if (known?.head.stamp.startsWith(wanted) === true) return known;
    if (this.#failed.get(digest)?.isTooSoon(wanted) === true) return undefined;
    const folder = join(this.#folder, nameOf(digest));
    // The new one takes the folder's place; the open one goes on with the files that it has.
    const end = await make({ stateFolder, digest, stamp: wanted, folder, ...(layers !== undefined && { layers }) });
    this.forget(digest);
    switch (end.kind) {
      case 'made':
        return this.#opened(digest);
      case 'unscanned':
        return undefined;
      case 'failed':
        this.#failed.set(digest, failureOf(wanted));
        log.error({ image: digest, error: end.message }, 'The index of an image could not be made.');
        return undefined;
    }
  }

  #opened(digest: ImageDigest): ImageIndex | undefined {
    const index = this.#read(digest);
    if (index === undefined) return undefined;
    const { missing, missingCount, unread, unreadCount } = index.head;
    if (unreadCount > 0)
      this.#options.log.warn(
        { image: digest, unread, unreadCount },
        'Libraries inside archives of an image were not all read: unpacked by a program, they are code that is not the image’s.',
      );
    if (missingCount > 0)
      this.#options.log.warn(
        { image: digest, missing, missingCount },
        'Files of an image are not where its scan found them.',
      );
    return index;
  }

  #touch(digest: ImageDigest): ImageIndex | undefined {
    const index = this.#open.get(digest);
    if (index === undefined) return undefined;
    this.#open.delete(digest);
    this.#open.set(digest, index);
    return index;
  }

  #read(digest: ImageDigest): ImageIndex | undefined {
    const folder = join(this.#folder, nameOf(digest));
    try {
      const index = openImageIndex(folder);
      this.#open.set(digest, index);
      const [oldest] = this.#open.keys();
      if (this.#open.size > most && oldest !== undefined) this.forget(oldest);
      return index;
    } catch {
      // None yet, or one that is damaged: it is made anew.
      rmSync(folder, { recursive: true, force: true });
      return undefined;
    }
  }
}

/** Milliseconds until what failed is tried again. */
const pause = 600_000;

interface Failure {
  isTooSoon(wanted: string): boolean;
}

function failureOf(stamp: string): Failure {
  const until = performance.now() + pause;
  return { isTooSoon: (wanted) => wanted === stamp && performance.now() < until };
}

function nameOf(digest: ImageDigest): string {
  return digest.slice('sha256:'.length);
}

/** An image that was pulled anew has other inodes. */
async function stampsOf(folders: readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    folders.map(async (folder) => {
      const stats = await lstat(folder, { bigint: true }).catch(() => undefined);
      return `${folder} ${stats?.dev} ${stats?.ino} ${stats?.birthtimeNs}`;
    }),
  );
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}
