import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { recordsOf } from './advisories.ts';
import { writeRpmDatabase } from './rpm-database.ts';

/** A release of a distribution whose package database is made. */
export interface SystemRelease {
  readonly name: string;
  readonly family: string;
  /** How OSV's ecosystems of it begin. */
  readonly ecosystem: string;
  readonly files: Readonly<Record<string, string>>;
  readonly format: 'dpkg' | 'apk' | 'rpm';
  /** Who its packages say built them. */
  readonly builder: string;
}

/** Packages of a root, taken evenly from all: what they have stays below the limit of findings. */
const mostPackages = 1000;

/** Versions that are asked for of each package: a root of its own each. */
export const rootsOfRelease = 3;

function release(id: string, version: string, files: Readonly<Record<string, string>> = {}): SystemRelease['files'] {
  return { 'etc/os-release': `ID=${id}\nVERSION_ID="${version}"\nNAME=${id}\n`, ...files };
}

const debianTeam = 'Debian Developers <debian-devel@lists.debian.org>';
const ubuntuTeam = 'Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>';

/** Releases that both sides judge, and of which a feed is at hand. */
export const systemReleases: readonly SystemRelease[] = [
  ...['9', '10', '11', '12', '13'].map(
    (version): SystemRelease => ({
      name: `debian-${version}`,
      family: Number(version) < 12 ? 'Debian' : `Debian:${version}`,
      ecosystem: `Debian:${version}`,
      files: release('debian', version, { 'etc/debian_version': `${version}.1\n` }),
      format: 'dpkg',
      builder: debianTeam,
    }),
  ),
  ...['18.04', '20.04', '22.04'].map(
    (version): SystemRelease => ({
      name: `ubuntu-${version}`,
      family: 'Ubuntu',
      ecosystem: `Ubuntu:${version}:LTS`,
      files: release('ubuntu', version, { 'etc/lsb-release': `DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=${version}\n` }),
      format: 'dpkg',
      builder: ubuntuTeam,
    }),
  ),
  ...['3.10', '3.14', '3.18'].map(
    (version): SystemRelease => ({
      name: `alpine-${version}`,
      family: 'Alpine',
      ecosystem: `Alpine:v${version}`,
      files: release('alpine', `${version}.2`, { 'etc/alpine-release': `${version}.2\n` }),
      format: 'apk',
      builder: '',
    }),
  ),
  {
    name: 'wolfi',
    family: 'Wolfi',
    ecosystem: 'Wolfi',
    files: release('wolfi', '20230201'),
    format: 'apk',
    builder: '',
  },
  ...['8', '9'].map(
    (version): SystemRelease => ({
      name: `almalinux-${version}`,
      family: 'AlmaLinux',
      ecosystem: `AlmaLinux:${version}`,
      files: release('almalinux', `${version}.5`, {
        'etc/almalinux-release': `AlmaLinux release ${version}.5 (Cat)\n`,
      }),
      format: 'rpm',
      builder: 'AlmaLinux',
    }),
  ),
  ...['7', '8', '9'].map(
    (version): SystemRelease => ({
      name: `redhat-${version}`,
      family: 'Red Hat',
      ecosystem: `Red Hat:enterprise_linux:${version}`,
      files: release('rhel', `${version}.1`, {
        'etc/redhat-release': `Red Hat Enterprise Linux release ${version}.1 (Name)\n`,
      }),
      format: 'rpm',
      builder: 'Red Hat, Inc.',
    }),
  ),
];

interface Asked {
  readonly name: string;
  readonly version: string;
  readonly module?: string;
}

/** Writes roots whose package databases list every package that the feed of a release speaks of, at its bounds. */
export function writeSystemFolders(folder: string, feeds: string, of: SystemRelease): void {
  const asked = [...askedOf(feeds, of).values()].map((all) => [...all.values()]);
  const step = Math.max(1, Math.ceil(asked.length / mostPackages));
  const packages = asked.filter((_, index) => index % step === 0);
  for (let variant = 0; variant < rootsOfRelease; variant++) {
    const root = join(folder, `${variant}`);
    const listed = packages.flatMap(
      (all) => all[Math.round((variant * (all.length - 1)) / (rootsOfRelease - 1))] ?? [],
    );
    for (const [path, content] of Object.entries(of.files)) write(join(root, path), content);
    if (of.format === 'dpkg')
      write(join(root, 'var/lib/dpkg/status'), `${listed.map(dpkgEntry(of.builder)).join('\n')}\n`);
    if (of.format === 'apk') write(join(root, 'lib/apk/db/installed'), `${listed.map(apkEntry).join('\n')}\n`);
    if (of.format === 'rpm') {
      mkdirSync(join(root, 'var/lib/rpm'), { recursive: true });
      writeRpmDatabase(
        join(root, 'var/lib/rpm/rpmdb.sqlite'),
        listed.map((one) => ({ ...one, vendor: of.builder })),
      );
    }
  }
}

/** Versions by package: at each fix, and where versions can be lowered by a tilde, right below it. */
function askedOf(feeds: string, { family, ecosystem, format }: SystemRelease): ReadonlyMap<string, Map<string, Asked>> {
  const found = new Map<string, Map<string, Asked>>();
  for (const { affected = [], summary = '' } of recordsOf(feeds, family)) {
    for (const one of affected) {
      const place = one.package?.ecosystem ?? '';
      if (one.package === undefined || (place !== ecosystem && !place.startsWith(`${ecosystem}::`))) continue;
      const { name } = one.package;
      // Red Hat speaks of whole modules too, which are no packages.
      if (name.includes(':')) continue;
      const fixes = one.ranges?.flatMap(({ events }) => events.flatMap(({ fixed }) => fixed ?? [])) ?? [];
      const module = one.ecosystem_specific?.modules?.[0] ?? /[\w.+-]+:[\w.+-]+/.exec(summary)?.[0];
      const known = found.get(name) ?? new Map<string, Asked>();
      for (const version of fixes.length === 0 ? [unfixed[format]] : fixes.flatMap((fix) => around(fix, format))) {
        known.set(version, { name, version, ...(module !== undefined && isModular(version) && { module }) });
      }
      found.set(name, known);
    }
  }
  return found;
}

/** Installed where no fix is known. */
const unfixed = { dpkg: '1.0-1', apk: '1.0-r0', rpm: '1.0-1' } as const;

function around(fix: string, format: SystemRelease['format']): readonly string[] {
  return format === 'apk' ? [fix] : [`${fix}~`, fix];
}

function isModular(version: string): boolean {
  return version.includes('.module');
}

function dpkgEntry(maintainer: string): (one: Asked) => string {
  return ({ name, version }) =>
    `Package: ${name}-bin\nStatus: install ok installed\nArchitecture: amd64\nSource: ${name}\nVersion: ${version}\nMaintainer: ${maintainer}\nDescription: d\n`;
}

function apkEntry({ name, version }: Asked): string {
  return `P:${name}-bin\nV:${version}\nA:x86_64\nL:MIT\no:${name}\n`;
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
