import { stat } from 'node:fs/promises';
import type { FileHasher } from './hash-file.ts';
import { wireFileOf } from './image-files/backing-files.ts';

/** Where engines keep the program that `docker run --init` lays over the image's; the same as in `native/sensor/engine-files.c`. */
const places = [
  '/usr/bin/docker-init',
  '/usr/libexec/docker/docker-init',
  '/usr/libexec/docker-init',
  '/usr/local/bin/docker-init',
  '/usr/bin/tini-static',
];

/** SHA-256 of what the engine itself brings into containers: no drift, though no image holds it. */
export async function engineFileDigests(hasher: FileHasher): Promise<readonly string[]> {
  const found = await Promise.all(
    places.map(async (place) => {
      const stats = await stat(place, { bigint: true }).catch(() => undefined);
      return stats?.isFile() === true ? await hasher.of([place], wireFileOf(stats)) : undefined;
    }),
  );
  return [...new Set(found.flatMap((hashes) => hashes?.sha256 ?? []))];
}
