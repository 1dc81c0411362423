import type { FoundPackage } from '#ecosystems/index.ts';
import type { MergedFile, MergedTree } from './merged-tree.ts';
import type { PathResolver } from './canonical-path.ts';

/** Most files that one package may list in a catalog. */
const mostFiles = 200_000;

/** Who owns which files, with paths canonical and folders left out. */
export interface Ownership {
  filesOf(found: FoundPackage): readonly string[];
}

/** Joins the lists that databases keep apart (dpkg) to their packages. */
export function createOwnership(tree: MergedTree, resolver: PathResolver): Ownership {
  const lists = new Map<string, readonly string[]>();
  for (const file of tree.files.values()) {
    for (const [key, files] of listsOf(file)) lists.set(key, [...(lists.get(key) ?? []), ...files]);
  }
  return {
    filesOf(found) {
      const { analyzer } = found.foundBy;
      const apart =
        lists.get(keyOf(analyzer, found.name, found.architecture)) ?? lists.get(keyOf(analyzer, found.name, undefined));
      return canonicalFiles([...found.files, ...(apart ?? [])], tree, resolver);
    },
  };
}

function listsOf(file: MergedFile): readonly (readonly [string, readonly string[]])[] {
  return file.analyses.flatMap(({ analyzer, analysis: { owns } }) =>
    owns === undefined ? [] : [[keyOf(analyzer, owns.package, owns.architecture), owns.files] as const],
  );
}

function keyOf(analyzer: string, name: string, architecture: string | undefined): string {
  return JSON.stringify([analyzer, name, architecture]);
}

function canonicalFiles(files: readonly string[], tree: MergedTree, resolver: PathResolver): readonly string[] {
  const found = new Set<string>();
  for (const file of files) {
    const path = resolver.canonical(file);
    if (path !== undefined && path !== '' && !tree.directories.has(path)) found.add(path);
  }
  return [...found].slice(0, mostFiles);
}
