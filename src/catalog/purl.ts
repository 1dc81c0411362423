import { PackageURL } from 'packageurl-js';
import {
  distributionRule,
  ecosystemOf,
  type Distribution,
  type Package,
  purlOf as purlWithin,
  type PurlFacts,
} from '#ecosystems/index.ts';

/** The package URL of a package; those of an operating system name its distribution, once that is known. */
export function purlOf(one: PurlFacts, distribution?: Distribution): string {
  if (distribution === undefined) return purlWithin(one);
  const { id, version } = distribution;
  const vendor = distributionRule(one.type, id)?.ids[id] ?? id;
  return purlWithin(one, { vendor, distro: version === undefined ? id : `${id}-${version}` });
}

/**
 * What a package URL says otherwise than the type, name and version beside it, as one sentence; `undefined` when they
 * agree. Qualifiers may be missing, those that are there must be the package's own.
 */
export function purlProblem(pkg: Package, distribution: Distribution | undefined): string | undefined {
  if (ecosystemOf(pkg.type) === undefined) return unknownPurlProblem(pkg);
  const [bare, full] = [named(pkg), named(pkg, distribution)];
  if (bare === undefined || full === undefined) return 'no package URL can be made of its name and version';
  if (pkg.purl === full || pkg.purl === bare) return undefined;
  const reported = parsed(pkg.purl);
  const isOwn = (own: string): boolean => {
    const { type, namespace, name, version, subpath, qualifiers = {} } = PackageURL.fromString(own);
    return (
      reported !== undefined &&
      [reported.type, reported.namespace, reported.name, reported.version, reported.subpath].join('\n') ===
        [type, namespace, name, version, subpath].join('\n') &&
      Object.entries(reported.qualifiers ?? {}).every(([key, value]) => qualifiers[key] === value)
    );
  };
  return isOwn(full) ? undefined : `does not follow from the package's type, name and version, which give ${full}`;
}

/** How an ecosystem that this version does not know makes its URLs is not known either; type, name and version are told. */
function unknownPurlProblem({ purl, type, name, version }: Package): string | undefined {
  const reported = parsed(purl);
  const isOwn =
    reported?.type === type && reported.version === version && name.toLowerCase().endsWith(reported.name.toLowerCase());
  return isOwn ? undefined : "names another type, name or version than the package's own";
}

/** A name may hold what no URL can, such as half a surrogate pair. */
function named(pkg: Package, distribution?: Distribution): string | undefined {
  try {
    return purlOf(pkg, distribution);
  } catch {
    return undefined;
  }
}

function parsed(purl: string): PackageURL | undefined {
  try {
    return PackageURL.fromString(purl);
  } catch {
    return undefined;
  }
}
