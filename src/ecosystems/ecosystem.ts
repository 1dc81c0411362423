import type { AffectedPackage } from './advisory.ts';
import type { Analyzer } from './analyzer.ts';
import type { ArchiveEvidence, Package } from './contract.ts';
import type { Face } from './face.ts';
import type { VersionScheme } from './scheme.ts';

/** Everything that is known of one kind of packages: one folder, one line in each of the two lists. */
export type Ecosystem = SystemEcosystem | LanguageEcosystem;

interface EcosystemParts {
  /** What reads the evidence of its packages. */
  readonly readers: readonly Analyzer[];
  /** Which files belong to a package: those that it lists, all in the folder of its evidence, or its evidence alone. */
  readonly owns: 'listed' | 'folder' | 'file';
  readonly scheme: VersionScheme;
  /** False for what its databases list like a package and is none. */
  readonly isSoftware?: (one: Package) => boolean;
}

/** Packages of operating systems: the distribution speaks for them. */
export interface SystemEcosystem extends EcosystemParts {
  readonly face: Face<'system'>;
  readonly distributions: readonly DistributionRule[];
}

/** Packages of a language. `none`: nobody publishes advisories that are read, and they end as not judged. */
export interface LanguageEcosystem extends EcosystemParts {
  readonly face: Face<'language'>;
  readonly advisories: { readonly ecosystem: string; readonly feeds: readonly FeedAddress[] } | 'none';
  /** Says which package an archive is, by its evidence and what the database knows; `undefined`: nothing tells. */
  identify?(evidence: ArchiveEvidence, known: KnownNames): Identification | undefined;
  /** Whose classes an unidentified archive holds, of those whom advisories name. */
  publisherOf?(evidence: ArchiveEvidence, known: KnownNames): string | undefined;
}

/** What a database knows that tells archives apart. */
export interface KnownNames {
  /** All names under which advisories speak of what is called so: `com.h2database:h2` of `h2`. */
  names(own: string): readonly string[];
  /** Whether advisories speak of anything of this group: `com.h2database`. */
  hasGroup(group: string): boolean;
  /** What an archive of exactly these bytes is. */
  fingerprint(sha1: string): { readonly name: string; readonly version: string } | undefined;
}

/** Which package an archive is. */
export interface Identification {
  /** More than one where a project moved and nothing tells under which name this archive was published. */
  readonly names: readonly string[];
  /** Empty: nothing tells it. */
  readonly version: string;
  /** `certain`: its very bytes are known; `likely`: name and origin agree; `possible`: only the name and a weak sign do. */
  readonly confidence: 'certain' | 'likely' | 'possible';
  /** For people: `file name and class folders`. */
  readonly by: string;
}

/** How the advisories of one distribution name releases and packages. */
export interface DistributionRule {
  /** Values of `ID` in os-release, each with the namespace of its package URLs (package-url specification). */
  readonly ids: Readonly<Record<string, string>>;
  readonly label: string;
  /** OSV ecosystems of a release (`VERSION_ID` of os-release), best first. None: nobody speaks for it. */
  ecosystems(release: string): readonly string[];
  lookups(one: Package): readonly Lookup[];
  readonly feeds: readonly FeedAddress[];
  /** Last day of support by release, as the distribution states it for everybody: `12` → `2026-06-10`. */
  readonly endOfLife: Readonly<Record<string, string>>;
}

/** One question to the database, and which of the answers concern the package. */
export interface Lookup {
  readonly name: string;
  /** Version that these records compare with: the source package's for Debian. */
  readonly version: string;
  accepts(affected: AffectedPackage): boolean;
}

/** A public file of advisories: its place in a feed folder, and where its publisher has it. */
export interface FeedAddress {
  /** OSV ecosystem without release; the name of its dump. */
  readonly family: string;
  readonly path: string;
  readonly url: string;
  /** Whether all advisories of its publisher, of some day, were read in tests, or only a part of them. */
  readonly tried: 'whole' | 'part';
}

/** The dump of a family of ecosystems at OSV.dev. */
export function osvDump(family: string, tried: FeedAddress['tried']): FeedAddress {
  const url = `https://osv-vulnerabilities.storage.googleapis.com/${encodeURIComponent(family)}/all.zip`;
  return { family, path: `${family}/all.zip`, url, tried };
}

/** Debian, Ubuntu, Alpine, Wolfi and Azure Linux speak of source packages (Alpine calls them origins). */
export function bySource(one: Package): readonly Lookup[] {
  return [{ ...sourceOf(one), accepts: () => true }];
}

/** The name of a source rpm carries no epoch; its packages' is taken, as they share it in all but rare cases. */
export function sourceOf(one: Package): { readonly name: string; readonly version: string } {
  const { name, version } = one.source ?? one;
  const epoch = one.type === 'rpm' && !version.includes(':') ? /^\d+:/.exec(one.version)?.[0] : undefined;
  return { name, version: `${epoch ?? ''}${version}` };
}

/** The first number of a release: `9` of `9.4`. */
export function majorOf(release: string): string {
  return release.split('.')[0] ?? '';
}
