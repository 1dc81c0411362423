import { isSystemPackage } from '#ecosystems/index.ts';
import type { PathResolver } from '../canonical-path.ts';
import type { FileSecrets, Package } from '../contract.ts';
import type { LayerResult } from '../layer-result.ts';

/** Findings kept of an image. */
const mostOfImage = 5000;

/**
 * Secrets in files of every layer, those that a higher layer hides included. A file that a package of the operating system
 * brought in the same layer is the package's own and is only counted. `undefined`: no layer was searched. Pure.
 */
export function mergeSecrets(
  layers: readonly LayerResult[],
  packages: readonly Package[],
  resolver: PathResolver,
): FileSecrets | undefined {
  if (layers.every(({ secrets }) => secrets === undefined)) return undefined;
  const all = layers.flatMap(({ secrets }, layer) => (secrets?.found ?? []).map((one) => ({ ...one, layer })));
  const asked = new Set(all.map(({ path }) => resolver.canonical(path) ?? path));
  const owners = ownersOf(packages, asked);
  const isOwned = ({ path, layer }: { readonly path: string; readonly layer: number }): boolean =>
    owners.get(resolver.canonical(path) ?? path)?.has(layer) === true;
  const found = all.filter((one) => !isOwned(one));
  const owned = new Set(all.filter(isOwned).map(({ path, layer }) => `${layer} ${path}`));
  return {
    format: 1,
    found: found.slice(0, mostOfImage),
    owned: owned.size,
    isComplete: found.length <= mostOfImage && layers.every(isSearched),
  };
}

/** Layers that brought packages which own a path. */
function ownersOf(packages: readonly Package[], asked: ReadonlySet<string>): ReadonlyMap<string, ReadonlySet<number>> {
  const owners = new Map<string, Set<number>>();
  if (asked.size === 0) return owners;
  for (const one of packages.filter(isSystemPackage)) {
    for (const file of one.files) {
      if (!asked.has(file)) continue;
      const layers = owners.get(file) ?? new Set();
      owners.set(file, layers.add(one.layer));
    }
  }
  return owners;
}

function isSearched({ verified, faults, secrets }: LayerResult): boolean {
  return verified && faults.length === 0 && secrets?.isComplete === true;
}
