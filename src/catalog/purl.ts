import { PackageURL } from 'packageurl-js';
import type { Distribution, Package } from './contract.ts';

/** What a package URL is made of. */
export type PurlFacts = Pick<Package, 'type' | 'name' | 'version' | 'architecture' | 'module'>;

/** Vendor names of the package URL specification where they differ from `ID` of os-release. */
const vendors: Readonly<Record<string, string>> = {
  rhel: 'redhat',
  'opensuse-leap': 'opensuse',
  'opensuse-tumbleweed': 'opensuse',
  sles: 'suse',
  ol: 'oracle',
  amzn: 'amazon',
};

/**
 * The package URL of a package (https://github.com/package-url/purl-spec). Operating system packages carry vendor and
 * `distro` once the distribution is known, and no namespace before. A Maven package without known group is its own group.
 */
export function purlOf(pkg: PurlFacts, distribution?: Distribution): string {
  switch (pkg.type) {
    case 'npm':
      return npmPurl(pkg);
    case 'maven':
      return mavenPurl(pkg);
    case 'deb':
    case 'apk':
      return new PackageURL(
        pkg.type,
        distribution?.id,
        pkg.name,
        pkg.version,
        qualifiers({ arch: pkg.architecture, distro: distroOf(distribution) }),
      ).toString();
    case 'rpm':
      return rpmPurl(pkg, distribution);
  }
}

function npmPurl(pkg: PurlFacts): string {
  const slash = pkg.name.startsWith('@') ? pkg.name.indexOf('/') : -1;
  const scope = slash > 0 ? pkg.name.slice(0, slash) : undefined;
  return new PackageURL('npm', scope, slash > 0 ? pkg.name.slice(slash + 1) : pkg.name, pkg.version).toString();
}

function mavenPurl(pkg: PurlFacts): string {
  const colon = pkg.name.indexOf(':');
  const artifact = pkg.name.slice(colon + 1);
  return new PackageURL('maven', colon > 0 ? pkg.name.slice(0, colon) : artifact, artifact, pkg.version).toString();
}

function rpmPurl(pkg: PurlFacts, distribution: Distribution | undefined): string {
  const colon = pkg.version.indexOf(':');
  return new PackageURL(
    'rpm',
    distribution && (vendors[distribution.id] ?? distribution.id),
    pkg.name,
    pkg.version.slice(colon + 1),
    qualifiers({
      arch: pkg.architecture,
      epoch: colon > 0 ? pkg.version.slice(0, colon) : undefined,
      modularitylabel: pkg.module,
      distro: distroOf(distribution),
    }),
  ).toString();
}

function distroOf(distribution: Distribution | undefined): string | undefined {
  if (distribution === undefined) return undefined;
  return distribution.version === undefined ? distribution.id : `${distribution.id}-${distribution.version}`;
}

function qualifiers(all: Readonly<Record<string, string | undefined>>): Record<string, string> | undefined {
  const known = Object.entries(all).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return known.length > 0 ? Object.fromEntries(known) : undefined;
}

/**
 * What a package URL says otherwise than the type, name and version beside it, as one sentence; `undefined` when they
 * agree. Qualifiers may be missing, those that are there must be the package's own.
 */
export function purlProblem(pkg: Package, distribution: Distribution | undefined): string | undefined {
  const [bare, full] = [named(pkg), named(pkg, distribution)];
  if (bare === undefined || full === undefined) return 'no package URL can be made of its name and version';
  if (pkg.purl === full || pkg.purl === bare) return undefined;
  const told = parsed(pkg.purl);
  const isOwn = (own: string): boolean => {
    const { type, namespace, name, version, subpath, qualifiers = {} } = PackageURL.fromString(own);
    return (
      told !== undefined &&
      [told.type, told.namespace, told.name, told.version, told.subpath].join('\n') ===
        [type, namespace, name, version, subpath].join('\n') &&
      Object.entries(told.qualifiers ?? {}).every(([key, value]) => qualifiers[key] === value)
    );
  };
  return isOwn(full) ? undefined : `does not follow from the package's type, name and version, which give ${full}`;
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
