import type { FoundPackage } from '#ecosystems/index.ts';
import type { MergedFile, MergedTree } from './merged-tree.ts';
import type { PathResolver } from './canonical-path.ts';

/** Most files that one package may list in a catalog. */
const mostFiles = 200_000;
/** Most files of all packages together: packages of one name share a list, and each would have a copy of it. */
export const mostOwned = 2_000_000;

/** What files say of packages that other files are: their files, with paths canonical and folders left out, and their origin. */
export interface Ownership {
  filesOf(found: FoundPackage): readonly string[];
  /** How it was found, with where it came from. */
  foundBy(found: FoundPackage): FoundPackage['foundBy'];
  /** Whether files were left out. */
  isCut(): boolean;
}

/** Joins the lists that databases keep apart (dpkg, Python) to their packages. */
export function createOwnership(tree: MergedTree, resolver: PathResolver): Ownership {
  const lists = new Map<string, string[]>();
  const origins = new Map<string, string[]>();
  for (const file of tree.files.values()) {
    for (const [key, files] of listsOf(file)) addTo(lists, key, files);
    for (const [key, words] of originsOf(file)) addTo(origins, key, [words]);
  }
  let left = mostOwned;
  return {
    isCut: () => left < 0,
    filesOf(found) {
      if (left < 0) return [];
      const { analyzer } = found.foundBy;
      const apart =
        lists.get(keyOf(analyzer, found.name, found.architecture)) ??
        lists.get(keyOf(analyzer, found.name, undefined)) ??
        lists.get(evidenceKey(analyzer, found.paths[0]));
      const listed = apart === undefined ? found.files : [...found.files, ...apart];
      left -= listed.length;
      return left < 0 ? [] : canonicalFiles(listed, tree, resolver);
    },
    foundBy({ foundBy: { analyzer, evidence }, paths }) {
      const words = origins.get(evidenceKey(analyzer, paths[0])) ?? [];
      return { analyzer, evidence: [evidence, ...words].join(', ') };
    },
  };
}

function addTo(lists: Map<string, string[]>, key: string, texts: readonly string[]): void {
  const known = lists.get(key) ?? [];
  for (const text of texts) known.push(text);
  lists.set(key, known);
}

function listsOf(file: MergedFile): readonly (readonly [string, readonly string[]])[] {
  return file.analyses.flatMap(({ analyzer, analysis: { owns } }) => {
    if (owns === undefined) return [];
    const isByPath = 'evidence' in owns;
    const key = isByPath ? evidenceKey(analyzer, owns.evidence) : keyOf(analyzer, owns.package, owns.architecture);
    return [[key, owns.files] as const];
  });
}

function originsOf(file: MergedFile): readonly (readonly [string, string])[] {
  return file.analyses.flatMap(({ analyzer, analysis: { origin } }) =>
    origin === undefined ? [] : [[evidenceKey(analyzer, origin.evidence), origin.words] as const],
  );
}

function evidenceKey(analyzer: string, path: string | undefined): string {
  return JSON.stringify([analyzer, { path }]);
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
