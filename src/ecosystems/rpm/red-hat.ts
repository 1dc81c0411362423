import type { Distribution, Package } from '../contract.ts';
import { type DistributionRule, type FeedAddress, type Lookup, majorOf, osvDump } from '../ecosystem.ts';
import { byBinary } from './lookups.ts';
import { drawnFrom, extendedProducts, layeredProducts } from './red-hat-products.ts';
import { builtBy } from './vendors.ts';

/** Its errata, and what it says of vulnerabilities without one. */
const feeds: readonly FeedAddress[] = [
  osvDump('Red Hat', 'part'),
  {
    family: 'Red Hat',
    path: 'Red Hat/vex.tar.zst',
    url: 'https://security.access.redhat.com/data/csaf/v2/vex-feed/archive_latest.txt',
    leads: [(answer, address) => new URL(answer.trim().slice(0, 200), address).href],
    tried: 'samples',
  },
];

export const redHat: DistributionRule = {
  ids: { rhel: 'redhat' },
  label: 'Red Hat Enterprise Linux',
  ecosystems: (release, contentSets) => [
    ...repositoriesOf(release),
    ...extendedOf(release),
    ...layeredProducts(contentSets),
  ],
  lookups: ofItsProduct,
  isOwnStream,
  distanceOf,
  foreignBuilder: builtBy(/^Red Hat\b/),
  feeds,
  endOfLife: { '7': '2024-06-30', '8': '2029-05-31', '9': '2032-05-31', '10': '2035-05-31' },
};

/**
 * Releases of builds for a minor release carry its mark: `1.el9_2.4`. Which of its products they are for, content sets tell.
 * A build without the mark is of an extended product's own where the image draws from nothing else.
 */
function isOwnStream(
  ecosystem: string,
  { version }: Package,
  { contentSets = [], version: release = '' }: Distribution,
) {
  const [, stream, major, minor] = extendedForm.exec(ecosystem) ?? [];
  if (stream === undefined) return false;
  const { extended, hasMain } = drawnFrom(contentSets, release);
  if (extended.size > 0 && !extended.has(stream)) return false;
  if (new RegExp(`[.+]el${major}[_.]${minor}(?!\\d)`).test(version)) return true;
  return extended.size === 1 && !hasMain && new RegExp(`[.+]el${major}(?![_.]?\\d)`).test(version);
}

/** The extended product that it draws from, then the main stream and layered products, then other extended products. */
function distanceOf(ecosystem: string, { contentSets = [], version: release = '' }: Distribution): number | undefined {
  const { extended, hasMain } = drawnFrom(contentSets, release);
  if (extended.size === 0 && !hasMain) return undefined;
  const stream = extendedForm.exec(ecosystem)?.[1];
  return stream === undefined ? 1 : extended.has(stream) ? 0 : 2;
}

const extendedForm = /^Red Hat:(rhel_\w+:(\d+)\.(\d+))/;

/** Builds of OpenShift for its own releases do not compare with those of the operating system, whose epochs are others. */
function ofItsProduct(one: Package): readonly Lookup[] {
  return byBinary(one).map((lookup) => ({
    ...lookup,
    accepts: (affected) =>
      lookup.accepts(affected) &&
      (isOfOpenShift(one.version) || !affected.ranges.some(({ fixed = '' }) => isOfOpenShift(fixed))),
  }));
}

function isOfOpenShift(version: string): boolean {
  return /\.rhaos\d/.test(version);
}

/**
 * CentOS Linux was built from the sources of Red Hat's releases, and Red Hat's advisories compare with it. CentOS Stream,
 * which is all that there is since 9, is ahead of them: nobody publishes advisories for it.
 */
export const centOs: DistributionRule = {
  ids: { centos: 'centos' },
  label: 'CentOS',
  ecosystems: (release) => (Number(majorOf(release)) < 9 ? repositoriesOf(release) : []),
  lookups: byBinary,
  foreignBuilder: builtBy(/^CentOS\b/),
  feeds,
  endOfLife: { '6': '2020-11-30', '7': '2024-06-30', '8': '2021-12-31', '9': '2027-05-31', '10': '2030-01-01' },
};

/** Repositories of a release that an image can draw from, as Red Hat's CPEs call them; `''` stands for the product. */
const parts = [
  '::baseos',
  '::appstream',
  '::crb',
  '::supplementary',
  '::highavailability',
  '::resilientstorage',
  '::realtime',
  '::nfv',
  '::fastdatapath',
  '::server',
  '::client',
  '::workstation',
  '::computenode',
  '',
];

function repositoriesOf(release: string): readonly string[] {
  const [, major, minor] = /^(\d+)(?:\.(\d{1,2}))?/.exec(release) ?? [];
  if (major === undefined) return [];
  // Since 10 its CPEs name the minor release that a fix came out for; fixes of the ones before apply as well.
  const minors =
    Number(major) < 10 ? [] : Array.from({ length: Number(minor ?? 0) + 1 }, (_, index) => `${major}.${index}`);
  const whole = parts.map((part) => `${major}${part}`);
  const named = minors.flatMap((each) => ['', '::baseos', '::appstream', '::crb'].map((part) => `${each}${part}`));
  return [...whole, ...named].map((name) => `Red Hat:enterprise_linux:${name}`);
}

function extendedOf(release: string): readonly string[] {
  if (!/^\d+\.\d+$/.test(release)) return [];
  return extendedProducts.flatMap((product) => extendedParts.map((part) => `Red Hat:${product}:${release}${part}`));
}

const extendedParts = parts.filter((part) => !['::fastdatapath', '::client', '::workstation'].includes(part));
