import { readShownExecutables } from '#catalog/console/index.ts';
import { type Executable, unpackExecutables } from '#catalog/index.ts';
import type { ImageDigest } from '#base/index.ts';
import type { Queries } from '#store/index.ts';
import { subjectOf } from './dependencies.ts';

/** Executables of an image, paths without leading slash; `undefined` while not all of them are known. */
export async function readExecutables(
  queries: Queries,
  digest: ImageDigest,
): Promise<readonly Executable[] | undefined> {
  const found = await readShownExecutables(queries, subjectOf(digest));
  if (found?.executables === undefined || !found.executables.isComplete) return undefined;
  return unpackExecutables(found.executables);
}
