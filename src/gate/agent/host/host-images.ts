import { readFileSync } from 'node:fs';
import { type ImageDigest, isImageDigest, type Log, messageOf } from '#base/index.ts';
import type { ImageFact } from '#inventory/contract.ts';
import { latestWriter, writeSafely } from '#link/agent/index.ts';
import { StoredHostImages } from '../schema.ts';

/** What this host's engine calls each image, by the image's content; kept on the disk, for at boot nobody has looked yet. */
export class HostImages {
  #byId: ReadonlyMap<string, ImageDigest>;
  #names: ReadonlyMap<string, readonly string[]>;
  readonly #save: () => Promise<void>;
  readonly #log: Log;

  constructor(file: string, log: Log) {
    this.#log = log;
    this.#byId = new Map(readStored(file));
    this.#names = namesByDigest(this.#byId);
    const text = (): string => JSON.stringify({ form: 1, images: [...this.#byId] } satisfies StoredHostImages);
    this.#save = latestWriter(() => writeSafely(file, text()));
  }

  digestOf(id: string): ImageDigest | undefined {
    return this.#byId.get(id);
  }

  /** Names that the engine has for an image besides its digest. */
  namesOf(digest: string): readonly string[] {
    return this.#names.get(digest) ?? [];
  }

  /** Takes in what the engine holds. Whether anything is other than before; an engine that is away has said nothing. */
  note(images: readonly ImageFact[]): boolean {
    const found = images.flatMap(({ id, subject }) =>
      subject !== undefined && isImageDigest(id) && isImageDigest(subject)
        ? [[id, subject as ImageDigest] as const]
        : [],
    );
    const isSame = found.length === this.#byId.size && found.every(([id, digest]) => this.#byId.get(id) === digest);
    if (found.length === 0 || isSame) return false;
    this.#byId = new Map(found);
    this.#names = namesByDigest(this.#byId);
    this.#save().catch((error: unknown) => {
      this.#log.error({ error: messageOf(error) }, 'What the engine calls its images cannot be kept.');
    });
    return true;
  }
}

function namesByDigest(byId: ReadonlyMap<string, ImageDigest>): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  for (const [id, digest] of byId) if (id !== (digest as string)) names.set(digest, [...(names.get(digest) ?? []), id]);
  return names;
}

function readStored(file: string): readonly (readonly [string, ImageDigest])[] {
  try {
    const { images } = StoredHostImages.parse(JSON.parse(readFileSync(file, 'utf8')));
    return images.map(([id, digest]) => [id, digest] as const);
  } catch {
    return [];
  }
}
