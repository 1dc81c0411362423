import { isSystemPackage } from '#ecosystems/index.ts';
import { packageOfPurl } from '#ecosystems/contract.ts';
import { folderOf } from '#image/index.ts';
import type { PathResolver } from '../canonical-path.ts';
import type { ContentFacts, Package, PackedExecutables } from '../contract.ts';
import { unpackExecutables } from '../executables/packed.ts';
import type { LayerResult } from '../layer-result.ts';
import { type Hidden, isBelowHidden } from '../merged-tree.ts';
import { mostNoted, type NotedContent } from './layer-contents.ts';
import { type PackageSums, sumsOf } from './sums.ts';

/** What is known of the image besides. */
export interface ContentTerms {
  readonly resolver: PathResolver;
  readonly packages: readonly Package[];
  /** purl of the operating system package that owns a canonical path. */
  readonly systemOwners: ReadonlyMap<string, string>;
  readonly executables?: PackedExecutables | undefined;
}

interface Tree {
  readonly noted: Map<string, NotedContent>;
  readonly sums: Map<string, string>;
}

const mostModified = 10_000;

/** Lays what the contents of all layers say over each other, lowest first; `undefined`: no layer was looked at. Pure. */
export function mergeContents(layers: readonly LayerResult[], terms: ContentTerms): ContentFacts | undefined {
  if (layers.every(({ contents }) => contents === undefined)) return undefined;
  const tree: Tree = { noted: new Map(), sums: new Map() };
  for (const [index, layer] of layers.entries()) layOver(tree, layer, index);
  const placed = placedContents(tree.noted, terms);
  const isComplete = layers.every(isRead) && placed.length <= mostNoted;
  const compared = comparedWithPackages(sumsOf(tree.sums, terms.resolver), terms);
  const listed = placed.slice(0, mostNoted);
  return {
    format: 1,
    isComplete,
    miners: listed.flatMap(({ path, isProgram, miner, owner }) =>
      miner === undefined ? [] : [{ path, isProgram, ...miner, ...owner }],
    ),
    packed: listed.flatMap(({ path, packing, owner }) =>
      packing === undefined ? [] : [{ path, ...packing, ...owner }],
    ),
    ...(compared && { compared: compared.count }),
    modified: (compared?.modified ?? []).slice(0, mostModified),
  };
}

function isRead({ verified, faults, contents }: LayerResult): boolean {
  return verified && faults.length === 0 && contents?.isCut === false;
}

function layOver(tree: Tree, layer: LayerResult, index: number): void {
  const { noted = [], links = {}, sums = {} } = layer.contents ?? {};
  const own = new Set(layer.others);
  const linked = Object.entries(links).flatMap(([path, target]) => {
    const known = own.has(target) ? undefined : tree.noted.get(target);
    return known === undefined ? [] : [{ ...known, path }];
  });
  if (index > 0) {
    const gone = new Set([...layer.removed, ...Object.keys(layer.symlinks), ...layer.others]);
    hide(tree, { gone, opaque: new Set(layer.opaque) });
  }
  for (const path of layer.directories) {
    tree.noted.delete(path);
    tree.sums.delete(path);
  }
  for (const one of [...noted, ...linked]) tree.noted.set(one.path, one);
  for (const [path, text] of Object.entries(sums)) tree.sums.set(path, text);
}

function hide(tree: Tree, hidden: Hidden): void {
  const folders = new Map<string, boolean>();
  for (const paths of [tree.noted, tree.sums]) {
    for (const path of paths.keys())
      if (hidden.gone.has(path) || isBelowHidden(folderOf(path), hidden, folders)) paths.delete(path);
  }
}

interface PlacedContent extends NotedContent {
  readonly owner: { readonly package?: string };
}

function placedContents(
  noted: ReadonlyMap<string, NotedContent>,
  { resolver, systemOwners }: ContentTerms,
): readonly PlacedContent[] {
  const found = new Map<string, PlacedContent>();
  for (const one of noted.values()) {
    const path = resolver.canonical(one.path);
    if (path === undefined || path === '') continue;
    const owner = systemOwners.get(path);
    found.set(path, { ...one, path, owner: owner === undefined ? {} : { package: packageOfPurl(owner) } });
  }
  return [...found.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** Only where every package of the operating system keeps such hashes; of others nothing could be said to be unchanged. */
function comparedWithPackages(sums: PackageSums, { packages, executables }: ContentTerms) {
  const system = packages.filter(isSystemPackage);
  if (sums.size === 0 || executables === undefined || !executables.isComplete) return undefined;
  if (system.some(({ type }) => type !== 'deb')) return undefined;
  const programs = unpackExecutables(executables).filter(({ path }) => sums.has(path));
  const modified = programs.filter(({ path, md5 }) => sums.get(path) !== md5).map(({ path }) => path);
  return { count: programs.length, modified };
}
