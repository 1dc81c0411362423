import { apk } from './apk/index.ts';
import type { Package } from './contract.ts';
import { deb } from './deb/index.ts';
import type { DistributionRule, Ecosystem } from './ecosystem.ts';
import { maven } from './maven/index.ts';
import { npm } from './npm/index.ts';
import { rpm } from './rpm/index.ts';
import type { VersionScheme } from './scheme.ts';
import { golang } from './golang/index.ts';
import { cargo } from './cargo/index.ts';
import { generic } from './generic/index.ts';
import { nuget } from './nuget/index.ts';
import { pypi } from './pypi/index.ts';
import { conda } from './conda/index.ts';
import { alpm } from './alpm/index.ts';
import { gem } from './gem/index.ts';
import { composer } from './composer/index.ts';
import { hex } from './hex/index.ts';
import { pub } from './pub/index.ts';
import { swift } from './swift/index.ts';
import { conan } from './conan/index.ts';

export {
  type Analysis,
  type AnalyzedFile,
  type ArchiveLimits,
  type Analyzer,
  type Asked,
  type FileSum,
  type FoundPackage,
  nothing,
  readersOfInstalled,
} from './analyzer.ts';
export { isProblem, readDirectory, readEntry, type Spent, type ZipEntry } from './archive.ts';
export type { AffectedPackage, AffectedRange } from './advisory.ts';
export type { Distribution, Package } from './contract.ts';
export {
  type DistributionRule,
  type Ecosystem,
  type FeedAddress,
  type Identification,
  type KnownNames,
  type Lookup,
  osvDump,
} from './ecosystem.ts';
export {
  type ElfLayout,
  type ElfSegment,
  fileOffset,
  loadSegment,
  readElfLayout,
} from './elf-layout.ts';
export { type Program, programOf, wholeSpans } from './program.ts';
export { SoughtTexts } from './sought-texts.ts';
export { clean, TextTooLong, textOf } from './package-collector.ts';
export { purlOf, type PurlFacts } from './purl.ts';
export type { VersionScheme } from './scheme.ts';

/** Every ecosystem. Their faces, which pages know too, are listed in `contract.ts`. */
export const ecosystems: readonly Ecosystem[] = [
  deb,
  apk,
  rpm,
  npm,
  maven,
  golang,
  cargo,
  generic,
  nuget,
  pypi,
  conda,
  alpm,
  gem,
  composer,
  hex,
  pub,
  swift,
  conan,
];

export { isSystemPackage } from './contract.ts';
export { schemeById, schemes } from './schemes.ts';
export { npmRequirements, packageKey } from './npm/required-by.ts';

/** How packages of one type came in, by `packageKey`; empty where its ecosystem does not tell. */
export function requiredBy(type: string, packages: readonly Package[]): ReadonlyMap<string, readonly string[]> {
  const one = ecosystemOf(type);
  const chains = one !== undefined && 'requiredBy' in one ? one.requiredBy : undefined;
  return chains?.(packages.filter((each) => each.type === type)) ?? new Map();
}

/** The ecosystem of a type of package; `undefined` for one that this version does not know. */
export function ecosystemOf(type: string): Ecosystem | undefined {
  return ecosystems.find(({ face }) => face.id === type);
}

/** How the advisories of a distribution name the packages of a type; `undefined` where nobody knows. */
export function distributionRule(type: string, id: string): DistributionRule | undefined {
  const one = ecosystemOf(type);
  return one !== undefined && 'distributions' in one
    ? one.distributions.find(({ ids }) => Object.hasOwn(ids, id))
    : undefined;
}

/**
 * The day on which a distribution ends security fixes for everybody, for a release as os-release names it; `undefined`: not
 * known. Point releases end with their release: Alpine's `3.20.3` is `3.20`, Red Hat's `9.4` is `9`.
 */
export function endOfSupport(id: string, version: string): string | undefined {
  const rules = ecosystems.flatMap((one) => ('distributions' in one ? one.distributions : []));
  const days = rules.find(({ ids }) => Object.hasOwn(ids, id))?.endOfLife ?? {};
  const parts = version.split('.');
  for (let count = parts.length; count > 0; count -= 1) {
    const name = parts.slice(0, count).join('.');
    if (Object.hasOwn(days, name)) return days[name];
  }
  return undefined;
}

/** An ecosystem as lists of plug-ins show it; only its parts have versions. */
export function listedEcosystem(one: Ecosystem): { readonly id: string; readonly summary: string } {
  return { id: one.face.id, summary: `${one.face.label}s; advisories: ${advisorySourcesOf(one)}` };
}

/** Who speaks for packages of an ecosystem: its distributions that have a feed, or its own feed. */
function advisorySourcesOf(one: Ecosystem): string {
  if (!('distributions' in one)) return one.advisories === 'none' ? 'none' : one.advisories.ecosystem;
  const labels = one.distributions.filter(({ feeds }) => feeds.length > 0).map(({ label }) => label);
  return labels.length === 0 ? 'none' : labels.join(', ');
}

/** Schemes by the first part of the OSV ecosystems whose feeds an ecosystem reads (OSV schema, "Defined ecosystems"). */
const schemeOfFamily: ReadonlyMap<string, VersionScheme> = new Map(
  ecosystems.flatMap((one) => feedsOf(one).map(({ family }) => [family, one.scheme] as const)),
);

/** Public files of advisories that speak for packages of an ecosystem. */
export function feedsOf(one: Ecosystem): DistributionRule['feeds'] {
  if ('distributions' in one) return one.distributions.flatMap(({ feeds }) => feeds);
  return one.advisories === 'none' ? [] : one.advisories.feeds;
}

/** Scheme of an OSV ecosystem, with or without release: `Debian:13`, `npm`; `undefined` when none is known. */
export function schemeOf(ecosystem: string): VersionScheme | undefined {
  return schemeOfFamily.get(ecosystem.split(':')[0] ?? '');
}
