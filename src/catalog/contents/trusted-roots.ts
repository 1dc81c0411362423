import { packageOfPurl } from '#ecosystems/contract.ts';
import type { PathResolver } from '../canonical-path.ts';
import type { ContentFacts } from '../contract.ts';
import { bundles, type CertificateFile, type FoundCertificate, isTrusted, packagesOfRoots } from './certificates.ts';
import { isKept, type PackageSums } from './sums.ts';

/** What is known of the image besides its certificates. */
export interface RootTerms {
  readonly sums: PackageSums;
  readonly resolver: PathResolver;
  /** purl of the operating system package that owns a canonical path. */
  readonly systemOwners: ReadonlyMap<string, string>;
  /** Symbolic links of the merged image: path → target as written. */
  readonly symlinks: ReadonlyMap<string, string>;
  /** Whether the merged image has one of these files. */
  readonly hasAny: (paths: ReadonlySet<string>) => boolean;
}

type Files = ReadonlyMap<string, CertificateFile | null>;

const most = 10_000;

/**
 * Certificates that programs take as roots, and whether the distribution's package of roots brought them. `undefined` where
 * that is not there, keeps no hashes of its certificates, or a file was not read: then nothing tells what is expected.
 */
export function trustedRoots(files: Files, terms: RootTerms): ContentFacts['roots'] {
  const places = trustedPlaces(files, terms);
  if (places === undefined) return undefined;
  const trusted = new Map<string, FoundCertificate>();
  for (const path of places) for (const one of files.get(path)?.certificates ?? []) trusted.set(one.fingerprint, one);
  const packaged = new Set(
    [...files].flatMap(([path, file]) =>
      file !== null && isOfRoots(path, file, terms) ? file.certificates.map(({ fingerprint }) => fingerprint) : [],
    ),
  );
  if (trusted.size > most || (trusted.size > 0 && packaged.size === 0)) return undefined;
  return [...trusted.values()]
    .map((one) => ({ ...one, isPackaged: packaged.has(one.fingerprint) }))
    .toSorted((left, right) => (left.fingerprint < right.fingerprint ? -1 : 1));
}

/** Files from which programs take roots, by whatever links; `undefined`: one of them was not read. */
function trustedPlaces(files: Files, { resolver, symlinks, hasAny }: RootTerms): ReadonlySet<string> | undefined {
  const linked = [...symlinks.keys()].filter(isTrusted);
  const places = new Set<string>();
  for (const path of [...bundles, ...linked, ...[...files.keys()].filter(isTrusted)]) {
    const real = resolver.real(path);
    if (real === undefined) return undefined;
    if (files.get(real) === null) return undefined;
    places.add(real);
  }
  return hasAny(new Set([...places].filter((path) => !files.has(path)))) ? undefined : places;
}

/** Whether a package of roots owns the file, and it is what that installed. */
function isOfRoots(path: string, { hashes }: CertificateFile, { sums, resolver, systemOwners }: RootTerms): boolean {
  const canonical = resolver.canonical(path) ?? path;
  const owner = systemOwners.get(canonical);
  if (owner === undefined || !packagesOfRoots.has(packageOfPurl(owner))) return false;
  const kept = sums.get(canonical);
  return kept !== undefined && hashes.some((hash) => isKept(kept, hash));
}
