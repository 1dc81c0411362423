import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { recipes } from './images/recipes.ts';
import type { Release } from './release.ts';

/** Archives of images that were made for this release. */
export function imageArchives({
  out,
  version,
}: Release): readonly { readonly name: string; readonly archive: string }[] {
  return recipes
    .map(({ name }) => ({ name, archive: join(out, `seawall-${name}-${version}.tar`) }))
    .filter(({ archive }) => existsSync(archive));
}
