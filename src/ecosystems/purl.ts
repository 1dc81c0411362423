import { PackageURL } from 'packageurl-js';
import { faceOf, type Package } from './contract.ts';
import type { PurlParts } from './face.ts';

/** What a package URL is made of. */
export type PurlFacts = Pick<Package, 'type' | 'name' | 'version' | 'architecture' | 'module' | 'archive'>;

/** The distribution of a package, as its package URL names it. */
export interface PurlPlace {
  readonly vendor: string;
  /** Qualifier `distro`: `debian-13`. */
  readonly distro: string;
}

/**
 * The package URL of a package (https://github.com/package-url/purl-spec). Operating system packages carry vendor and
 * `distro` once the distribution is known, and no namespace before.
 */
export function purlOf(one: PurlFacts, place?: PurlPlace): string {
  const face = faceOf(one.type);
  const isPlaced = face?.kind === 'system' && place !== undefined;
  const parts: PurlParts = face?.purl(one, isPlaced ? place.vendor : undefined) ?? {
    name: one.name,
    version: one.version,
  };
  const known = Object.entries({ ...parts.qualifiers, distro: isPlaced ? place.distro : undefined }).filter(
    (entry): entry is [string, string] => Boolean(entry[1]),
  );
  const qualifiers = known.length > 0 ? Object.fromEntries(known) : undefined;
  return new PackageURL(parts.type ?? one.type, parts.namespace, parts.name, parts.version, qualifiers).toString();
}
