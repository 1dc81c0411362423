import { type Fault, folderOf } from '#image/index.ts';
import type { PathResolver } from '../canonical-path.ts';
import { isCodeName } from '../code-file.ts';
import type { PackedExecutables } from '../contract.ts';
import type { LayerResult } from '../layer-result.ts';
import { isBelowHidden } from '../merged-tree.ts';
import { mostCharacters, mostExecutables } from './collect.ts';
import { hashBytes, type LayerExecutables, linkingOf } from './layer-executables.ts';

export interface MergeTerms {
  readonly resolver: PathResolver;
  /** purl of the package that a canonical path belongs to. */
  readonly ownerOf: (path: string) => string | undefined;
}

export interface MergedExecutables {
  /** Missing: not looked at. */
  readonly executables?: PackedExecutables;
  readonly faults: readonly Fault[];
}

/** Where an executable stands: its layer, its row there, and the layer whose file it is now. */
interface Place {
  readonly from: number;
  readonly row: number;
  readonly layer: number;
}

/** Lays the executables of all layers over each other, lowest first. Pure. */
export function mergeExecutables(layers: readonly LayerResult[], terms: MergeTerms): MergedExecutables {
  if (layers.every(({ executables }) => executables === undefined)) return { faults: [] };
  const tree = new Map<string, Place>();
  const faults: Fault[] = [];
  for (const [index, layer] of layers.entries()) {
    if (layer.executables !== undefined) faults.push(...layerFaults(layer.executables, index));
    faults.push(...layOver(tree, layer, index));
  }
  const all = canonicalPlaces(tree, terms.resolver);
  const listed = withinLimits(all, layers);
  if (listed.length < all.length) faults.push(limitFault(undefined));
  const isRead = layers.every(
    (layer) => layer.verified && layer.faults.length === 0 && layer.executables !== undefined,
  );
  const isComplete = isRead && faults.length === 0;
  return { executables: { format: 1, isComplete, ...columnsOf(listed, layers, terms) }, faults };
}

function layOver(tree: Map<string, Place>, layer: LayerResult, index: number): readonly Fault[] {
  const { paths = [], plain = [], links = [] } = layer.executables ?? {};
  const linked = links.map((link) => ({ ...link, place: tree.get(link.target) }));
  const gone = new Set([...layer.removed, ...Object.keys(layer.symlinks), ...paths, ...plain]);
  for (const { path } of links) gone.add(path);
  hide(tree, { gone, opaque: new Set(layer.opaque) });
  for (const path of layer.directories) tree.delete(path);
  for (const [row, path] of paths.entries()) tree.set(path, { from: index, row, layer: index });
  for (const { path, place } of linked) if (place !== undefined) tree.set(path, { ...place, layer: index });
  return linked
    .filter(({ path, place }) => place === undefined && isCodeName(path))
    .slice(0, mostLinkFaults)
    .map(({ path }) => {
      const message = 'A hard link leads to a file whose content is not known.';
      return { code: 'corrupt-archive', message, path, layer: index };
    });
}

const mostLinkFaults = 50;

function hide(
  tree: Map<string, Place>,
  hidden: { readonly gone: ReadonlySet<string>; readonly opaque: ReadonlySet<string> },
): void {
  const folders = new Map<string, boolean>();
  for (const path of tree.keys()) {
    if (hidden.gone.has(path) || isBelowHidden(folderOf(path), hidden, folders)) tree.delete(path);
  }
}

/** A layer that left out plain files may have replaced executables of layers below; the lowest one replaces nothing. */
function layerFaults({ isCut, isPlainCut }: LayerExecutables, index: number): readonly Fault[] {
  return isCut || (isPlainCut && index > 0) ? [limitFault(index)] : [];
}

function limitFault(layer: number | undefined): Fault {
  const where = layer === undefined ? 'The image' : 'The layer';
  const message = `${where} holds more than ${mostExecutables} executables, or too many files, for all to be listed.`;
  return { code: 'executables-limit', message, ...(layer !== undefined && { layer }) };
}

type PathPlace = readonly [string, Place];

/** Of two names that links of folders make one, the higher layer's counts. */
function canonicalPlaces(tree: ReadonlyMap<string, Place>, resolver: PathResolver): readonly PathPlace[] {
  const found = new Map<string, Place>();
  for (const [path, place] of tree) {
    const canonical = resolver.canonical(path);
    if (canonical === undefined || canonical === '') continue;
    if ((found.get(canonical)?.layer ?? -1) <= place.layer) found.set(canonical, place);
  }
  return [...found].sort(([left], [right]) => (left < right ? -1 : 1));
}

function withinLimits(places: readonly PathPlace[], layers: readonly LayerResult[]): readonly PathPlace[] {
  const listed = places.slice(0, mostExecutables);
  const linkings = layers.map(({ executables }) => linkingOf(executables));
  let characters = 0;
  const end = listed.findIndex(([path, { from, row }]) => {
    const linking = linkings[from]?.get(row);
    characters += path.length + (linking === undefined ? 0 : JSON.stringify(linking).length);
    return characters > 2 * mostCharacters;
  });
  return end === -1 ? listed : listed.slice(0, end);
}

function columnsOf(
  places: readonly PathPlace[],
  layers: readonly LayerResult[],
  { ownerOf }: MergeTerms,
): Omit<PackedExecutables, 'format' | 'isComplete'> {
  const sources = layers.map(({ executables }) => ({
    kinds: executables?.kinds ?? '',
    sizes: executables?.sizes ?? [],
    modes: executables?.modes ?? [],
    hashes: Buffer.from(executables?.hashes ?? '', 'base64'),
    elf: linkingOf(executables),
  }));
  const packages = new Map<string, number>();
  const hashes = Buffer.alloc(places.length * hashBytes);
  const rows = places.map(([path, { from, row, layer }], at) => {
    const source = sources[from];
    source?.hashes.copy(hashes, at * hashBytes, row * hashBytes, (row + 1) * hashBytes);
    const owner = ownerOf(path);
    if (owner !== undefined && !packages.has(owner)) packages.set(owner, packages.size);
    return {
      path,
      kind: source?.kinds.charAt(row) ?? 'o',
      size: source?.sizes[row] ?? 0,
      mode: source?.modes[row] ?? 0,
      layer,
      owner: owner === undefined ? -1 : (packages.get(owner) ?? -1),
      elf: source?.elf.get(row),
    };
  });
  return {
    paths: rows.map(({ path }) => path),
    kinds: rows.map(({ kind }) => kind).join(''),
    sizes: rows.map(({ size }) => size),
    modes: rows.map(({ mode }) => mode),
    layers: rows.map(({ layer }) => layer),
    hashes: hashes.toString('base64'),
    packages: [...packages.keys()],
    owners: rows.map(({ owner }) => owner),
    elf: rows.flatMap(({ elf }) => elf ?? []),
    elfRows: rows.flatMap(({ elf }, row) => (elf === undefined ? [] : [row])),
  };
}
