import { type FileSum, isSystemPackage } from '#ecosystems/index.ts';
import { type Fault, faultKindOf } from '#image/index.ts';
import { createPathResolver, type PathResolver } from './canonical-path.ts';
import type { Catalog, Distribution, Package } from './contract.ts';
import { mergeContents } from './contents/merge.ts';
import { mergeExecutables } from './executables/merge.ts';
import { ownerFinder } from './executables/owner.ts';
import { mergeFileFacts } from './file-facts/merge.ts';
import { mergeSecrets } from './file-facts/merge-secrets.ts';
import { type FileAnalysis, type LayerResult } from './layer-result.ts';
import { identityOf, type LayeredPackage, mergeTree, type MergedFile, type MergedTree } from './merged-tree.ts';
import { isSoftware, joinListed } from './listed.ts';
import { createOwnership, mostOwned, type Ownership } from './ownership.ts';
import { packageDatabases } from './package-databases.ts';
import { purlOf } from './purl.ts';
import { unlockedManifests } from './unlocked.ts';
import { foreignPackages, isSpokenFor, unidentifiedPrograms } from './unidentified.ts';

/** What all layers together say, but for the analyzers' names. Pure. */
export type MergedCatalog = Omit<Catalog, 'analyzers'>;

/** Lays layers over each other, lowest first, and makes the catalog of what is left. */
export function mergeLayers(layers: readonly LayerResult[]): MergedCatalog {
  const tree = mergeTree(layers);
  const resolver = createPathResolver(tree.symlinks);
  const distribution = distributionOf(tree, resolver);
  const ownership = createOwnership(tree, resolver);
  const found = withOwners(packagesOf(tree, resolver, ownership).map((one) => withVendor(one, distribution)));
  const foreign = foreignPackages(found, distribution);
  const packages = found.filter((one) => !isSpokenFor(one, foreign));
  const systemOwners = ownersOf(packages);
  const ownerOf = ownerFinder(packages, systemOwners);
  const isOwned = (path: string): boolean => systemOwners.has(resolver.canonical(path) ?? path);
  const unlocked = unlockedManifests(tree);
  const unidentified = unidentifiedPrograms(tree, { packages, resolver, ownerOf });
  const { executables, faults: ofExecutables } = mergeExecutables(layers, { resolver, ownerOf });
  const fileFacts = mergeFileFacts(layers, resolver);
  const contents = mergeContents(layers, {
    resolver,
    packages,
    systemOwners,
    executables,
    symlinks: tree.symlinks,
    databases: sumsIn(tree),
  });
  const fileSecrets = mergeSecrets(layers, packages, resolver);
  const faults = [
    ...layers.flatMap((layer, index) => layer.faults.map((fault) => ({ ...fault, layer: index }))),
    ...[...tree.files.values()].flatMap((file) => fileFaults(file, isOwned)),
    ...loopFaults(tree, resolver),
    ...unreadFaults(tree, packages, resolver),
    ...distributionFaults(packages, distribution, tree),
    ...unlocked,
    ...unidentified,
    ...(ownership.isCut() ? [tooManyFiles] : []),
    // What a manifest asks for is recognised, and told.
    ...(unlocked.length > 0 ? [] : nothingFaults({ packages, layers, hasPrograms: hasPrograms(tree) })),
    ...ofExecutables,
  ];
  return {
    ...(distribution && { distribution }),
    packages,
    faults: faults.length > mostFaults ? weightiestFirst(faults).slice(0, mostFaults) : faults,
    ...(executables && { executables }),
    ...(fileFacts && { fileFacts }),
    ...(contents && { contents }),
    ...(fileSecrets && { fileSecrets }),
  };
}

/** Most faults that a catalog may carry. */
export const mostFaults = 10_000;

/** Files that nothing identifies come last: an image may be full of them, and other faults withhold a verdict. */
function weightiestFirst(faults: readonly Fault[]): readonly Fault[] {
  const isLight = ({ code }: Fault): boolean => faultKindOf(code) === 'unidentified';
  return [...faults.filter((fault) => !isLight(fault)), ...faults.filter(isLight)];
}

const tooManyFiles: Fault = {
  code: 'entry-limit',
  message: `Packages list more than ${mostOwned} files together; which of the rest belong to a package is unknown.`,
};

function packagesOf(tree: MergedTree, resolver: PathResolver, ownership: Ownership): readonly Package[] {
  const found = new Map<string, Package>();
  for (const file of tree.files.values()) {
    for (const layered of file.packages) {
      const made = toPackage(layered, ownership, resolver);
      const identity = identityOf(made);
      // By the name of a link an application may be a package, and the other way round: then it is one.
      if (isSoftware(made) || !found.has(identity)) found.set(identity, made);
    }
  }
  return joinListed([...found.values()]).sort(byName);
}

function toPackage({ found, layer }: LayeredPackage, ownership: Ownership, resolver: PathResolver): Package {
  const paths = found.paths.map((path) => canonicalEvidence(path, resolver));
  return { ...found, foundBy: ownership.foundBy(found), layer, paths, files: [...ownership.filesOf(found)] };
}

/** Analyzers see one file and cannot know the distribution, which package URLs of the operating system name. */
function withVendor(one: Package, distribution: Distribution | undefined): Package {
  return distribution !== undefined && isSystemPackage(one) ? { ...one, purl: purlOf(one, distribution) } : one;
}

/** Evidence inside an archive keeps its inner path. */
function canonicalEvidence(path: string, resolver: PathResolver): string {
  const cut = path.indexOf('!/');
  const outer = cut === -1 ? path : path.slice(0, cut);
  return (resolver.canonical(outer) ?? outer) + (cut === -1 ? '' : path.slice(cut));
}

function byName(left: Package, right: Package): number {
  for (const key of ['type', 'name', 'version'] as const) {
    if (left[key] !== right[key]) return left[key] < right[key] ? -1 : 1;
  }
  return (left.paths[0] ?? '') < (right.paths[0] ?? '') ? -1 : 1;
}

/** Hashes that package databases keep beside their packages, by the type of these. */
function sumsIn(tree: MergedTree): ReadonlyMap<string, readonly FileSum[]> {
  const found = new Map<string, FileSum[]>();
  for (const { analyses } of tree.files.values()) {
    for (const { analyzer, analysis } of analyses) {
      if (analysis.sums === undefined) continue;
      const known = found.get(analyzer) ?? [];
      for (const sum of analysis.sums) known.push(sum);
      found.set(analyzer, known);
    }
  }
  return found;
}

/**
 * Names the operating system package that ships a language package. What a higher layer put in the place of its file is not
 * its own any more, whatever its list says: its distribution knows nothing of it.
 */
function withOwners(packages: readonly Package[]): Package[] {
  const owners = new Map<string, Package>();
  for (const one of packages) if (isSystemPackage(one)) for (const file of one.files) owners.set(file, one);
  return packages.map((one) => {
    if (isSystemPackage(one)) return one;
    const owner = one.paths.map((path) => owners.get(path.split('!/')[0] ?? path)).find((each) => each !== undefined);
    return owner === undefined || owner.layer < one.layer ? one : { ...one, ownedBy: owner.purl };
  });
}

function ownersOf(packages: readonly Package[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const one of packages) if (isSystemPackage(one)) for (const file of one.files) owners.set(file, one.purl);
  return owners;
}

/** `os-release(5)`: the one in `/etc` comes first, and is often a link to the other. Files of a release alone come last. */
function distributionOf(tree: MergedTree, resolver: PathResolver): Distribution | undefined {
  const stated = new Map<string, Distribution>();
  for (const file of tree.files.values()) {
    const found = file.analyses.map(({ analysis }) => analysis.distribution).find((one) => one !== undefined);
    const path = resolver.canonical(file.path);
    if (found !== undefined && path !== undefined) stated.set(path, found);
  }
  for (const place of ['etc/os-release', 'usr/lib/os-release', 'etc/alpine-release', 'etc/debian_version']) {
    const found = stated.get(resolver.real(place) ?? '');
    if (found !== undefined) return withContentSets(found, tree);
  }
  return undefined;
}

/** Those of all layers together: a package may be from any of them. */
function withContentSets(distribution: Distribution, { files }: MergedTree): Distribution {
  const named = [...files.values()].flatMap(({ analyses }) =>
    analyses.flatMap(({ analysis }) => analysis.contentSets ?? []),
  );
  if (named.length === 0) return distribution;
  return { ...distribution, contentSets: [...new Set(named)].toSorted().slice(0, 2000) };
}

/** A program of an operating system's package need not tell what it is: the package does. */
function fileFaults(file: MergedFile, isOwned: (path: string) => boolean): readonly Fault[] {
  const faults = file.analyses.flatMap(({ analyzer, analysis }: FileAnalysis) =>
    analysis.faults.map((fault) => ({ ...fault, layer: file.layer, path: fault.path ?? file.path, analyzer })),
  );
  if (faults.length === 0 || file.program === undefined || !isOwned(file.path)) return faults;
  return faults.filter(({ code }) => code !== 'unidentified-package');
}

function hasPrograms({ files }: MergedTree): boolean {
  return [...files.values()].some(({ program }) => program !== undefined);
}

function loopFaults(tree: MergedTree, resolver: PathResolver): readonly Fault[] {
  const faults: Fault[] = [];
  for (const path of tree.symlinks.keys()) {
    if (faults.length >= mostLoops) break;
    if (resolver.real(path) !== undefined) continue;
    faults.push({ code: 'symlink-loop', message: 'This symbolic link leads in a circle or too far.', path });
  }
  return faults;
}

const mostLoops = 50;

/** One fault for each kind of database, with the first of its files that no operating system package owns. */
function unreadFaults(tree: MergedTree, packages: readonly Package[], resolver: PathResolver): readonly Fault[] {
  const unread = [...tree.files.values()].filter((file) => file.unread !== undefined);
  if (unread.length === 0) return [];
  const owners = ownersOf(packages);
  return packageDatabases.flatMap(({ id, holds, ofLanguage }) => {
    const isOwned = (path: string) => ofLanguage && owners.has(resolver.canonical(path) ?? path);
    const first = unread.find((file) => file.unread === id && !isOwned(file.path));
    if (first === undefined) return [];
    const message = `The image holds ${holds}, which no analyzer reads yet.`;
    return [{ code: 'unknown-package-database' as const, message, path: first.path, layer: first.layer }];
  });
}

/** Bytes of a tar that holds nothing: its two closing blocks. */
const emptyTar = 1024;

/** An image of files that mean nothing is not clean, it is unknown. */
function nothingFaults({
  packages,
  layers,
  hasPrograms,
}: {
  readonly packages: readonly Package[];
  readonly layers: readonly LayerResult[];
  readonly hasPrograms: boolean;
}): readonly Fault[] {
  if (packages.length > 0 || layers.every((layer) => layer.size <= emptyTar)) return [];
  const message = hasPrograms
    ? 'No package was recognised in it, and nothing tells what its programs are built of.'
    : 'Nothing in it was recognised as a package, so what its files hold is unknown.';
  return [{ code: 'nothing-recognised', message }];
}

/** An operating system without packages: whoever removed its database hid them all. */
function distributionFaults(
  packages: readonly Package[],
  distribution: Distribution | undefined,
  { files }: MergedTree,
): readonly Fault[] {
  const hasSystem = packages.some(isSystemPackage);
  if (distribution === undefined && hasSystem) {
    const message = 'Packages of an operating system were found, but neither etc/os-release nor usr/lib/os-release.';
    return [{ code: 'unknown-distribution', message }];
  }
  const isUnread = [...files.values()].some(({ unread }) => unread !== undefined);
  if (distribution === undefined || hasSystem || isUnread) return [];
  const message = `It is ${distribution.name}, and no package of it was found: its package database is missing.`;
  return [{ code: 'no-system-packages', message }];
}
