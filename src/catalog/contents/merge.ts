import { type FileSum, isSystemPackage } from '#ecosystems/index.ts';
import { packageOfPurl } from '#ecosystems/contract.ts';
import { pathsAmong } from '#image/index.ts';
import type { PathResolver } from '../canonical-path.ts';
import type { ContentFacts, Package, PackedExecutables } from '../contract.ts';
import { hashesOf } from '../executables/packed.ts';
import type { LayerResult } from '../layer-result.ts';
import { hideBelow } from '../merged-tree.ts';
import type { CertificateFile } from './certificates.ts';
import { mostNoted, type NotedContent } from './layer-contents.ts';
import { digestsOf, isKept, type PackageSums, sha1Digits, sumsOf } from './sums.ts';
import { trustedRoots } from './trusted-roots.ts';

/** What is known of the image besides. */
export interface ContentTerms {
  readonly resolver: PathResolver;
  readonly packages: readonly Package[];
  /** purl of the operating system package that owns a canonical path. */
  readonly systemOwners: ReadonlyMap<string, string>;
  readonly executables?: PackedExecutables | undefined;
  /** Of the merged image: path → target as written. */
  readonly symlinks: ReadonlyMap<string, string>;
  /** Hashes in package databases, by the type of their packages. */
  readonly databases: ReadonlyMap<string, readonly FileSum[]>;
}

interface Tree {
  readonly noted: Map<string, NotedContent>;
  readonly sums: Map<string, string>;
  /** SHA-1 of programs, base64. */
  readonly programs: Map<string, string>;
  readonly certificates: Map<string, CertificateFile | null>;
}

const mostModified = 10_000;

/** Lays what the contents of all layers say over each other, lowest first; `undefined`: no layer was looked at. Pure. */
export function mergeContents(layers: readonly LayerResult[], terms: ContentTerms): ContentFacts | undefined {
  if (layers.every(({ contents }) => contents === undefined)) return undefined;
  const tree: Tree = { noted: new Map(), sums: new Map(), programs: new Map(), certificates: new Map() };
  for (const [index, layer] of layers.entries()) layOver(tree, layer, index);
  const placed = placedContents(tree.noted, terms);
  const isComplete = layers.every(isRead) && placed.length <= mostNoted;
  const sums = sumsOf({ lists: tree.sums, databases: [...terms.databases.values()] }, terms.resolver);
  const compared = comparedWithPackages(tree, sums, terms);
  const roots = trustedRoots(tree.certificates, { ...terms, sums, hasAny: (paths) => isAnyThere(layers, paths) });
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
    ...(roots && { roots }),
  };
}

/** Whether the layers laid over each other have one of these files: the highest that says something of a path decides. */
function isAnyThere(layers: readonly LayerResult[], paths: ReadonlySet<string>): boolean {
  const open = new Set(paths);
  for (const { others, removed, opaque, symlinks } of layers.toReversed()) {
    if (open.size === 0) return false;
    if (pathsAmong(others, open).size > 0) return true;
    const gone = new Set([...removed, ...opaque, ...Object.keys(symlinks)]);
    for (const path of open) if (withFolders(path).some((one) => gone.has(one))) open.delete(path);
  }
  return false;
}

function withFolders(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

function isRead({ verified, faults, contents }: LayerResult): boolean {
  return verified && faults.length === 0 && contents?.isCut === false;
}

function layOver(tree: Tree, layer: LayerResult, index: number): void {
  const { noted = [], links = {}, sums = {}, programs = {}, certificates = {} } = layer.contents ?? {};
  const all = Object.entries(links);
  const own = all.length === 0 ? new Set<string>() : pathsAmong(layer.others, new Set(Object.values(links)));
  const linked = all.flatMap(([path, target]) => {
    const known = own.has(target) ? undefined : tree.noted.get(target);
    return known === undefined ? [] : [{ ...known, path }];
  });
  const linkedPrograms = all.flatMap(([path, target]) => {
    const sha1 = own.has(target) ? undefined : tree.programs.get(target);
    return sha1 === undefined || path in programs ? [] : [[path, sha1] as const];
  });
  if (index > 0) hideBelow(layer, partsOf(tree));
  for (const path of layer.directories) for (const paths of partsOf(tree)) paths.delete(path);
  for (const one of [...noted, ...linked]) tree.noted.set(one.path, one);
  for (const [path, text] of Object.entries(sums)) tree.sums.set(path, text);
  for (const [path, sha1] of [...Object.entries(programs), ...linkedPrograms]) tree.programs.set(path, sha1);
  for (const [path, file] of Object.entries(certificates)) tree.certificates.set(path, file);
}

function partsOf({ noted, sums, programs, certificates }: Tree) {
  return [noted, sums, programs, certificates];
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

/** Only where packages of each kind that the image has keep such hashes; of others nothing could be said to be unchanged. */
function comparedWithPackages(
  { sums: lists, programs: sha1s }: Tree,
  sums: PackageSums,
  { packages, executables, databases, resolver }: ContentTerms,
) {
  const kinds = new Set(packages.filter(isSystemPackage).map(({ type }) => type));
  if (sums.size === 0 || executables === undefined || !executables.isComplete) return undefined;
  if ([...kinds].some((kind) => (kind === 'deb' ? lists.size === 0 : !databases.has(kind)))) return undefined;
  const sha1Of = new Map([...sha1s].map(([path, sha1]) => [resolver.canonical(path) ?? path, sha1]));
  const hashes = hashesOf(executables);
  const modified: string[] = [];
  let count = 0;
  for (const [row, path] of executables.paths.entries()) {
    const kept = sums.get(path);
    if (kept === undefined) continue;
    const held = sha1Of.get(path);
    const sha1 = held === undefined ? '' : Buffer.from(held, 'base64').toString('hex');
    if (sha1 === '' && digestsOf(kept).every((digest) => digest.length === sha1Digits)) continue;
    count += 1;
    const isAsKept = isKept(kept, hashes.md5(row)) || isKept(kept, sha1) || isKept(kept, hashes.sha256(row));
    if (!isAsKept) modified.push(path);
  }
  return { count, modified };
}
