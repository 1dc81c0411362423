import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How-tos and reference of a checkout: their paths below `docs`, with their texts. */
export function docPages(root: string): ReadonlyMap<string, Buffer> {
  const paths = ['how-to', 'reference'].flatMap((folder) =>
    readdirSync(join(root, 'docs', folder))
      .filter((name) => name.endsWith('.md'))
      .toSorted()
      .map((name) => join(folder, name)),
  );
  return new Map(paths.map((path) => [path, readFileSync(join(root, 'docs', path))]));
}
