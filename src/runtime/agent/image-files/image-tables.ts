import { lstat } from 'node:fs/promises';
import { type ImageDigest, type Log, messageOf } from '#base/index.ts';
import type { ReadExecutables } from '../image-programs.ts';
import type { ImageTable } from '../policies/compile-policy.ts';
import { findBackingFiles } from './backing-files.ts';

export interface ImageTablesOptions {
  readonly read: ReadExecutables;
  /** Folders of an image's layers on this host, lowest first; `undefined` while they are not known. */
  readonly layers: (digest: ImageDigest) => Promise<readonly string[] | undefined>;
  readonly log: Log;
}

interface Made {
  readonly table: ImageTable;
  /** Of the folders that it was made of: an image that was pulled anew has other inodes. */
  readonly stamp: string;
}

/** Images whose tables are held in memory. */
const most = 8;

/** Which files of this host are the executables of an image. */
export class ImageTables {
  readonly #options: ImageTablesOptions;
  readonly #made = new Map<ImageDigest, Made>();

  constructor(options: ImageTablesOptions) {
    this.#options = options;
  }

  /** `undefined` while the image was not scanned, or where its layers lie is not known. */
  async of(digest: ImageDigest): Promise<ImageTable | undefined> {
    const { layers, read, log } = this.#options;
    const folders = await layers(digest).catch((error: unknown) => {
      log.warn({ image: digest, error: messageOf(error) }, 'Where an image lies could not be seen.');
      return undefined;
    });
    if (folders === undefined) return undefined;
    const stamp = await stampOf(folders);
    const known = this.#made.get(digest);
    if (known?.stamp === stamp) return known.table;
    const scanned = await read(digest);
    if (scanned === undefined) return undefined;
    const { files, missing, missingCount } = await findBackingFiles(scanned.executables, folders);
    if (missingCount > 0)
      log.warn({ image: digest, missing, missingCount }, 'Files of an image are not where its scan found them.');
    const table: ImageTable = { files, isComplete: scanned.isComplete && missingCount === 0 };
    this.#made.delete(digest);
    this.#made.set(digest, { table, stamp });
    const [oldest] = this.#made.keys();
    if (this.#made.size > most && oldest !== undefined) this.#made.delete(oldest);
    return table;
  }

  /** The image was scanned again. */
  forget(digest: ImageDigest): void {
    this.#made.delete(digest);
  }
}

async function stampOf(folders: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    folders.map(async (folder) => {
      const stats = await lstat(folder, { bigint: true }).catch(() => undefined);
      return `${folder} ${stats?.dev} ${stats?.ino} ${stats?.birthtimeNs}`;
    }),
  );
  return stamps.join('\n');
}
