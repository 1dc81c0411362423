import { folderOf, pathsAmong } from '#image/index.ts';
import type { FoundPackage } from '#ecosystems/index.ts';
import type { AnalyzedPath, LayerResult } from './layer-result.ts';

/** What the layers, laid over each other, leave of everything that was analyzed. Paths are as layers write them. */
export interface MergedTree {
  readonly files: ReadonlyMap<string, MergedFile>;
  readonly symlinks: ReadonlyMap<string, string>;
  readonly directories: ReadonlySet<string>;
}

export interface MergedFile extends AnalyzedPath {
  /** Layer that holds the file as it is now. */
  readonly layer: number;
  readonly packages: readonly LayeredPackage[];
}

export interface LayeredPackage {
  readonly found: FoundPackage;
  /** Layer since which it has been there in this version. */
  readonly layer: number;
}

/** Lays layers over each other, lowest first. */
export function mergeTree(layers: readonly LayerResult[]): MergedTree {
  const tree = {
    files: new Map<string, MergedFile>(),
    symlinks: new Map<string, string>(),
    directories: new Set<string>(),
    links: new Map<string, Linked>(),
  };
  for (const [index, layer] of layers.entries()) layOver(tree, layer, index);
  addLeftLinks(tree);
  return tree;
}

/** A program by the name of a hard link, and where it lay when the link was made. */
interface Linked {
  readonly path: string;
  readonly file: MergedFile;
}

/** A program whose first name is gone stays by the name of a hard link; it is told by one of them. */
function addLeftLinks({ files, links }: GrowingTree): void {
  const reported = new Set<MergedFile>();
  for (const [path, { path: first, file }] of links) {
    if (files.get(first) === file || reported.has(file)) continue;
    reported.add(file);
    const named = files.get(path);
    const moved = renamed(file, path);
    files.set(path, {
      ...named,
      ...moved,
      analyses: [...(named?.analyses ?? []), ...moved.analyses],
      packages: [...(named?.packages ?? []), ...moved.packages],
    });
  }
}

function renamed(file: MergedFile, path: string): MergedFile {
  return {
    ...file,
    path,
    analyses: file.analyses.map((one) => {
      const faults = one.analysis.faults.map((fault) => ({ ...fault, path }));
      return { ...one, analysis: { ...one.analysis, faults } };
    }),
    packages: file.packages.map((one) => ({ ...one, found: { ...one.found, paths: [path] } })),
  };
}

interface GrowingTree {
  readonly files: Map<string, MergedFile>;
  readonly symlinks: Map<string, string>;
  readonly directories: Set<string>;
  readonly links: Map<string, Linked>;
}

function layOver(tree: GrowingTree, layer: LayerResult, index: number): void {
  const added = Object.entries(layer.symlinks);
  const before = layer.files.map(({ path }) => tree.files.get(path));
  if (index > 0) hide(tree, layer);
  for (const path of layer.directories) {
    tree.files.delete(path);
    tree.symlinks.delete(path);
    tree.links.delete(path);
    tree.directories.add(path);
  }
  const links = new Set(added.map(([path]) => path));
  for (const [position, file] of layer.files.entries()) {
    if (links.has(file.path)) continue;
    tree.symlinks.delete(file.path);
    tree.files.set(file.path, mergedFile(file, { layer: index, before: before[position] }));
  }
  for (const [path, target] of added) tree.symlinks.set(path, target);
  for (const [path, target] of Object.entries(layer.links ?? {})) {
    const file = tree.files.get(target);
    if (file !== undefined) tree.links.set(path, { path: target, file });
  }
}

interface Hidden {
  /** Paths that are no more, with all below. */
  readonly gone: ReadonlySet<string>;
  /** Folders with nothing left below. */
  readonly opaque: ReadonlySet<string>;
}

function hide(tree: GrowingTree, layer: LayerResult): void {
  hideBelow(layer, [tree.files, tree.symlinks, tree.directories, tree.links]);
}

/** What is known by paths of the layers below. */
interface Known {
  keys(): Iterable<string>;
  delete(path: string): boolean;
}

/** Takes away what a layer hides of the layers below. */
export function hideBelow(layer: LayerResult, below: readonly Known[]): void {
  const hidden = { gone: goneBy(layer, below), opaque: new Set(layer.opaque) };
  if (hidden.gone.size === 0 && hidden.opaque.size === 0) return;
  const folders = new Map<string, boolean>();
  for (const paths of below) {
    for (const path of paths.keys()) {
      if (hidden.gone.has(path) || isBelowHidden(folderOf(path), hidden, folders)) paths.delete(path);
    }
  }
}

/** Of the files of a layer only those are told that take the place of something: it may hold a million. */
function goneBy({ removed, symlinks, others }: LayerResult, below: readonly Known[]): ReadonlySet<string> {
  const held = new Set<string>();
  for (const paths of below)
    for (const path of paths.keys()) for (let at = path; at !== '' && !held.has(at); at = folderOf(at)) held.add(at);
  const replaced = held.size === 0 ? [] : pathsAmong(others, held);
  return new Set([...removed, ...Object.keys(symlinks), ...replaced]);
}

/** Whether what lies in this folder is hidden; answers are kept, because folders hold many files. */
export function isBelowHidden(folder: string, hidden: Hidden, known: Map<string, boolean>): boolean {
  const answer = known.get(folder);
  if (answer !== undefined) return answer;
  const isHidden =
    hidden.opaque.has(folder) ||
    (folder !== '' && (hidden.gone.has(folder) || isBelowHidden(folderOf(folder), hidden, known)));
  known.set(folder, isHidden);
  return isHidden;
}

/**
 * A database that is written anew keeps, for each package that it held in the same version before, the layer that
 * brought it; one removed in between and installed again belongs to the new layer.
 */
function mergedFile(
  file: AnalyzedPath,
  { layer, before }: { readonly layer: number; readonly before: MergedFile | undefined },
): MergedFile {
  const earlier = before && new Map(before.packages.map((one) => [identityOf(one.found), one.layer]));
  const packages = file.analyses.flatMap(({ analysis }) =>
    analysis.packages.map((found) => ({ found, layer: earlier?.get(identityOf(found)) ?? layer })),
  );
  return { ...file, layer, packages };
}

/** What makes two entries the same package in the same version. */
export function identityOf({ type, name, version, architecture, module, paths }: FoundPackage): string {
  return JSON.stringify([type, name, version, architecture, module, paths]);
}
