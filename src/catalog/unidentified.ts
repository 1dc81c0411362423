import { type Distribution, distributionRule, ecosystemOf, isSystemPackage, type Package } from '#ecosystems/index.ts';
import type { Fault } from '#image/index.ts';
import type { PathResolver } from './canonical-path.ts';
import type { MergedFile, MergedTree } from './merged-tree.ts';

/** What decides whether a program is known. */
export interface Known {
  readonly packages: readonly Package[];
  readonly resolver: PathResolver;
  /** purl of the package that a canonical path belongs to. */
  readonly ownerOf: (path: string) => string | undefined;
}

/** Most programs that are named one by one. */
const mostNamed = 50;

/**
 * Programs that belong to no package and tell nothing of themselves. Where an operating system has packages, one that
 * links dynamically uses the libraries of those, and only its own code is unknown, as that of a script is; a static one
 * carries libraries that nothing lists. Where it has none, each program is all that is known.
 */
export function unidentifiedPrograms(tree: MergedTree, { packages, resolver, ownerOf }: Known): readonly Fault[] {
  const hasSystem = packages.some(isSystemPackage);
  const named = new Set<string>();
  const unknown = [...tree.files.values()].filter((file) => {
    if (file.program === undefined || isReported(file) || (hasSystem && file.program === 'dynamic')) return false;
    const path = resolver.canonical(file.path);
    if (path === undefined || named.has(path) || ownerOf(path) !== undefined) return false;
    named.add(path);
    return true;
  });
  const faults = unknown.slice(0, mostNamed).map(({ path, layer }): Fault => {
    const message = 'This program belongs to no package, and nothing in it tells what it is built of.';
    return { code: 'unidentified-package', message, path, layer };
  });
  const rest = unknown.length - faults.length;
  if (rest === 0) return faults;
  const message = `${rest} more programs belong to no package, and nothing in them tells what they are built of.`;
  return [...faults, { code: 'unidentified-package', message, count: rest }];
}

function isReported({ analyses }: MergedFile): boolean {
  return analyses.some(({ analysis }) => analysis.packages.length > 0 || analysis.faults.length > 0);
}

/**
 * Whether a package of a system speaks for a program that nobody else speaks for. One that somebody else built for the
 * distribution does not: its advisories do not speak of such a one.
 */
export function isSpokenFor({ type, ownedBy }: Package, foreign: ReadonlySet<string>): boolean {
  const one = ecosystemOf(type);
  if (ownedBy === undefined || foreign.has(ownedBy) || one === undefined || !('advisories' in one)) return false;
  return one.advisories === 'none' || one.isLeftToOwner === true;
}

/** purls of the packages of a system that its distribution did not build. */
export function foreignPackages(
  packages: readonly Package[],
  distribution: Distribution | undefined,
): ReadonlySet<string> {
  const foreign = packages.filter((one) => {
    const rule = distribution === undefined ? undefined : distributionRule(one.type, distribution.id);
    return rule?.foreignBuilder?.(one) !== undefined;
  });
  return new Set(foreign.map(({ purl }) => purl));
}
