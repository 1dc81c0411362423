import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { type Bucket, writeBbolt } from './bbolt.ts';

/** What is read of a record of OSV. It is read here a second time on purpose: a mistake of Seawall's reader must show. */
export interface PeerRecord {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly upstream?: readonly string[];
  readonly related?: readonly string[];
  readonly summary?: string;
  readonly withdrawn?: string;
  readonly affected?: readonly Affected[];
}

export interface Affected {
  readonly package?: { readonly ecosystem: string; readonly name: string };
  readonly ranges?: readonly { readonly type: string; readonly events: readonly Event[] }[];
  readonly versions?: readonly string[];
  readonly ecosystem_specific?: { readonly modules?: readonly string[] };
}

interface Event {
  readonly introduced?: string;
  readonly fixed?: string;
  readonly last_affected?: string;
}

/** One advisory on one package, as the peer's database keeps it. */
interface Entry {
  readonly bucket: string;
  readonly name: string;
  readonly value: Readonly<Record<string, unknown>>;
}

const languages: Readonly<Record<string, string>> = {
  npm: 'npm',
  PyPI: 'pip',
  Go: 'go',
  'crates.io': 'cargo',
  RubyGems: 'rubygems',
  Packagist: 'composer',
  'Packagist:https://packages.drupal.org/8': 'composer',
  NuGet: 'nuget',
  Maven: 'maven',
};

/** Repositories of Red Hat that the peer takes for an image that names none, and the products that they serve. */
const redHatProducts = ['', '::baseos', '::appstream'];
const redHatReleases: Readonly<Record<string, readonly string[]>> = {
  '7': ['rhel-7-server-rpms', 'rhel-7-server-extras-rpms'],
  '8': ['rhel-8-for-x86_64-baseos-rpms', 'rhel-8-for-x86_64-appstream-rpms'],
  '9': ['rhel-9-for-x86_64-baseos-rpms', 'rhel-9-for-x86_64-appstream-rpms'],
};
const redHatCpes = Object.keys(redHatReleases).flatMap((major) => redHatProducts.map((part) => `${major}${part}`));

/**
 * Writes the advisories of a folder of feeds into a database that Trivy opens (schema 2), below `cache`. Each advisory
 * goes by the id of its record, and `id#2` where a record says more than one thing of a package.
 */
export function authorPeerDatabase(
  cache: string,
  feeds: string,
  families: readonly string[] = familiesIn(feeds),
): void {
  const platforms = new Map<string, Map<string, Map<string, string>>>();
  const advisoriesOn = (bucket: string, name: string): Map<string, string> => {
    const packages = platforms.get(bucket) ?? new Map<string, Map<string, string>>();
    const advisories = packages.get(name) ?? new Map<string, string>();
    platforms.set(bucket, packages.set(name, advisories));
    return advisories;
  };
  const details = new Map<string, string>();
  for (const record of families.flatMap((family) => recordsOf(feeds, family))) {
    if (record.withdrawn !== undefined) continue;
    for (const { bucket, name, value } of (record.affected ?? []).flatMap((one) => entriesOf(one, record))) {
      const advisories = advisoriesOn(bucket, name);
      const key = addTo(advisories, record.id, JSON.stringify(value));
      details.set(key, JSON.stringify({ Title: record.id, Severity: 'UNKNOWN' }));
    }
  }
  const sources = [...platforms.keys()].map((name) => [name, JSON.stringify({ ID: 'feeds', Name: 'feeds' })] as const);
  const root: Bucket = new Map<string, Bucket>([
    ...platforms,
    ['vulnerability', details],
    ['data-source', new Map(sources)],
    ['Red Hat CPE', redHatPlaces()],
  ]);
  mkdirSync(join(cache, 'db'), { recursive: true });
  writeBbolt(join(cache, 'db/trivy.db'), root);
  writeFileSync(join(cache, 'db/metadata.json'), metadata(2));
}

/** The document beside a database of the peer that says how fresh it is: for all times. */
export function metadata(version: number): string {
  const past = '2026-01-01T00:00:00Z';
  return JSON.stringify({ Version: version, NextUpdate: '2100-01-01T00:00:00Z', UpdatedAt: past, DownloadedAt: past });
}

/** Feeds in the form of OSV that a folder holds. */
export function familiesIn(feeds: string): readonly string[] {
  return readdirSync(feeds, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('/all.zip'))
    .map((path) => path.slice(0, -'/all.zip'.length))
    .sort();
}

/** All records of a feed. */
export function recordsOf(feeds: string, family: string): readonly PeerRecord[] {
  const text = new TextDecoder();
  return Object.values(unzipSync(readFileSync(join(feeds, family, 'all.zip')))).map((content) =>
    JSON.parse(text.decode(content)),
  );
}

/** CVEs that a record is about. AlmaLinux names those of its errata as related. */
export function cvesOf({ id, aliases, upstream, related }: PeerRecord): readonly string[] {
  const names = [...(aliases ?? []), ...(upstream ?? []), ...(/^AL[A-Z]A-/.test(id) ? (related ?? []) : [])];
  return [...new Set([id, ...names].filter((name) => name.startsWith('CVE-')))];
}

/** The key that it goes by; what several feeds say alike is there once. */
function addTo(advisories: Map<string, string>, id: string, value: string): string {
  let key = id;
  for (let number = 2; advisories.has(key) && advisories.get(key) !== value; number++) key = `${id}#${number}`;
  advisories.set(key, value);
  return key;
}

function entriesOf(affected: Affected, record: PeerRecord): readonly Entry[] {
  const { ecosystem = '', name = '' } = affected.package ?? {};
  const language = languages[ecosystem];
  if (language !== undefined) return languageEntries(affected, `${language}::OSV`, name);
  const bucket = platformOf(ecosystem);
  if (bucket === undefined) return [];
  const fixes = affected.ranges?.flatMap(({ events }) => fixesOf(events)) ?? [];
  const names = bucket === 'alma 8' || bucket === 'alma 9' ? moduleNames(name, fixes, record.summary) : [name];
  if (bucket === 'Red Hat') return redHatEntries(affected, record, fixes);
  return names.flatMap((one) => fixes.map((fixed) => ({ bucket, name: one, value: { FixedVersion: fixed } })));
}

/** Names by which the peer looks a package of a language up; it lowers those of some ecosystems and not of others. */
function languageEntries(affected: Affected, bucket: string, name: string): readonly Entry[] {
  const constraints = [
    ...(affected.ranges ?? []).filter(({ type }) => type !== 'GIT').flatMap(({ events }) => constraintsOf(events)),
    ...(affected.versions ?? []).map((version) => `=${version}`),
  ];
  if (constraints.length === 0) return [];
  const names = new Set([name, name.toLowerCase()]);
  if (bucket.startsWith('pip')) names.add(name.toLowerCase().replaceAll('_', '-'));
  return [...names].map((one) => ({ bucket, name: one, value: { VulnerableVersions: constraints } }));
}

/** An end closes all that begins before it in the list. An empty constraint holds for every version. */
function constraintsOf(events: readonly Event[]): readonly string[] {
  const found: string[] = [];
  let begun: string[] = [];
  for (const { introduced, fixed, last_affected: last } of events) {
    if (introduced !== undefined) begun.push(introduced === '0' ? '' : `>=${introduced}`);
    const end = fixed === undefined ? last && `<=${last}` : `<${fixed}`;
    if (end === undefined) continue;
    found.push(...begun.map((start) => [start, end].filter((part) => part !== '').join(', ')));
    begun = [];
  }
  return [...found, ...begun];
}

/** Versions that fix it; an empty one says that none does. */
function fixesOf(events: readonly Event[]): readonly string[] {
  const fixed = events.flatMap((event) => (event.fixed === undefined ? [] : [event.fixed]));
  return fixed.length > 0 ? fixed : [''];
}

function platformOf(ecosystem: string): string | undefined {
  const [family = '', release = ''] = ecosystem.split(':');
  switch (family) {
    case 'Debian':
      return `debian ${release.replace(/\.0$/, '')}`;
    case 'Ubuntu':
      return `ubuntu ${release}`;
    case 'Alpine':
      return `alpine ${release.replace(/^v/, '')}`;
    case 'AlmaLinux':
      return `alma ${release}`;
    case 'Rocky Linux':
      return `rocky ${release}`;
    case 'Wolfi':
      return 'wolfi';
    case 'Red Hat':
      return 'Red Hat';
    default:
      return undefined;
  }
}

/** The peer looks a modular package up as `nodejs:16::nodejs`; only the title of an erratum names the streams. */
function moduleNames(name: string, fixes: readonly string[], summary = ''): readonly string[] {
  if (!fixes.some((fixed) => fixed.includes('.module'))) return [name];
  const streams = summary.match(/[\w.+-]+:[\w.+-]+/g) ?? [];
  return streams.length === 0 ? [name] : streams.map((stream) => `${stream}::${name}`);
}

function redHatEntries(affected: Affected, record: PeerRecord, fixes: readonly string[]): readonly Entry[] {
  const { ecosystem = '', name = '' } = affected.package ?? {};
  const index = redHatCpes.indexOf(ecosystem.replace(/^Red Hat:enterprise_linux:/, ''));
  if (index < 0) return [];
  const streams = affected.ecosystem_specific?.modules ?? [];
  const names = streams.length === 0 ? [name] : streams.map((stream) => `${stream}::${name}`);
  const cves = (record.upstream ?? [record.id]).map((id) => ({ ID: id, Severity: 0 }));
  return names.flatMap((one) =>
    fixes.map((fixed) => ({
      bucket: 'Red Hat',
      name: one,
      value: { Entries: [{ FixedVersion: fixed, Affected: [index], Cves: cves }] },
    })),
  );
}

function redHatPlaces(): Bucket {
  const repositories = Object.entries(redHatReleases).flatMap(([major, names]) => {
    const indexes = redHatCpes.flatMap((cpe, index) => (cpe.split('::')[0] === major ? [index] : []));
    return names.map((name) => [name, JSON.stringify(indexes)] as const);
  });
  const cpes = redHatCpes.map(
    (part, index) => [`${index}`, JSON.stringify(`cpe:/o:redhat:enterprise_linux:${part}`)] as const,
  );
  return new Map<string, Bucket>([
    ['repository', new Map(repositories)],
    ['nvr', new Map()],
    ['cpe', new Map(cpes)],
  ]);
}
