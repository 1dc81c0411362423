import type { AffectedPackage } from './advisory.ts';
import type { Analyzer } from './analyzer.ts';
import type { ArchiveEvidence, Distribution, Package } from './contract.ts';
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
  /** Why the program of its source cannot be in a package, which then has none of its vulnerabilities: one of headers. */
  withoutProgram?(one: Package): string | undefined;
}

/** Packages of a language. `none`: nobody publishes advisories that are read, and they end as not judged. */
export interface LanguageEcosystem extends EcosystemParts {
  readonly face: Face<'language'>;
  readonly advisories: LanguageAdvisories | 'none';
  /** Where a package of a system owns one, it is left out: that one speaks for it, as of what nobody else speaks for. */
  readonly isLeftToOwner?: boolean;
  /** Says which package an archive is, by its evidence and what the database knows; `undefined`: nothing tells. */
  identify?(evidence: ArchiveEvidence, known: KnownNames): Identification | undefined;
  /** A name as its registry compares it; missing: as it stands. */
  registryName?(name: string): string;
  /** The shortest chain of names by which each package came in, under its name and version (`packageKey`). */
  requiredBy?(packages: readonly Package[]): ReadonlyMap<string, readonly string[]>;
  /** Whose classes an unidentified archive holds, of those whom advisories name. */
  publisherOf?(evidence: ArchiveEvidence, known: KnownNames): string | undefined;
}

/** Who publishes advisories of a language. */
export interface LanguageAdvisories {
  /** Exactly as OSV writes it. */
  readonly ecosystem: string;
  /** Further ecosystems that speak of a package of this name, such as of another registry. */
  also?(name: string): readonly string[];
  readonly feeds: readonly FeedAddress[];
  /** The packages that they speak of, each with what they call it. Missing: all, by their own names. */
  readonly names?: ReadonlyMap<string, string>;
  /** A version as they write it; `undefined`: they do not speak of it. Missing: as it stands. */
  version?(name: string, version: string): string | undefined;
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
  ecosystems(release: string, contentSets: readonly string[]): readonly string[];
  lookups(one: Package): readonly Lookup[];
  /**
   * Of its ecosystems, whether one is of the very stream that a package was built for: a fix in it that the package has
   * settles a vulnerability, whatever the others say of later builds.
   */
  isOwnStream?(ecosystem: string, one: Package, of: Distribution): boolean;
  /**
   * Where content sets tell what an image draws from, how far the stream of an ecosystem is from it: the nearest one with a
   * fix names the version to go to. `undefined`: nothing tells.
   */
  distanceOf?(ecosystem: string, of: Distribution): number | undefined;
  /** Who built a package that is not the distribution's own, for people; its advisories do not speak of such a one. */
  foreignBuilder?(one: Package): string | undefined;
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
  /** Where the address only leads to the file: finds the next address in each answer, in turn. */
  readonly leads?: readonly ((answer: string, address: string) => string | undefined)[];
  /** Whether all advisories of its publisher, of some day, were read in tests, a part of them, or single ones. */
  readonly tried: 'whole' | 'part' | 'samples';
}

/** The dump of a family of ecosystems at OSV.dev. */
export function osvDump(family: string, tried: FeedAddress['tried']): FeedAddress {
  const url = `https://osv-vulnerabilities.storage.googleapis.com/${encodeURIComponent(family)}/all.zip`;
  return { family, path: `${family}/all.zip`, url, tried };
}

/** Debian, Ubuntu, Alpine, Wolfi, SUSE and Azure Linux speak of source packages (Alpine calls them origins). */
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
