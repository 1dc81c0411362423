import { apk } from './apk/index.ts';
import { deb } from './deb/index.ts';
import type { DistributionRule, Ecosystem } from './ecosystem.ts';
import { maven } from './maven/index.ts';
import { npm } from './npm/index.ts';
import { rpm } from './rpm/index.ts';
import type { VersionScheme } from './scheme.ts';
import { golang } from './golang/index.ts';
import { cargo } from './cargo/index.ts';
import { generic } from './generic/index.ts';

export {
  type Analysis,
  type AnalyzedFile,
  type Analyzer,
  type FileSum,
  type FoundPackage,
  nothing,
} from './analyzer.ts';
export { isProblem, readDirectory, readEntry, type Spent, type ZipEntry } from './archive.ts';
export type { AffectedPackage, AffectedRange } from './advisory.ts';
export type { Distribution, Package } from './contract.ts';
export {
  bySource,
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
export { programOf, wholeSpans } from './program.ts';
export { clean, TextTooLong, textOf } from './package-collector.ts';
export { purlOf, type PurlFacts } from './purl.ts';
export type { VersionScheme } from './scheme.ts';

/** Every ecosystem. Their faces, which pages know too, are listed in `contract.ts`. */
export const ecosystems: readonly Ecosystem[] = [deb, apk, rpm, npm, maven, golang, cargo, generic];

export { npmRequirements, packageKey, requiredBy } from './npm/required-by.ts';

/** The ecosystem of a type of package; `undefined` for one that this version does not know. */
export function ecosystemOf(type: string): Ecosystem | undefined {
  return ecosystems.find(({ face }) => face.id === type);
}

/** Whether packages of this type make up an operating system and own its files. */
export function isSystemPackage({ type }: { readonly type: string }): boolean {
  return ecosystemOf(type)?.face.kind === 'system';
}

/** How the advisories of a distribution name the packages of a type; `undefined` where nobody knows. */
export function distributionRule(type: string, id: string): DistributionRule | undefined {
  const one = ecosystemOf(type);
  return one !== undefined && 'distributions' in one
    ? one.distributions.find(({ ids }) => Object.hasOwn(ids, id))
    : undefined;
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

/** Every version scheme, each once. */
export const schemes: readonly VersionScheme[] = [...new Set(ecosystems.map(({ scheme }) => scheme))];

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

/** Scheme by its own id, as collector name it. */
export function schemeById(id: string): VersionScheme | undefined {
  return schemes.find((scheme) => scheme.id === id);
}
