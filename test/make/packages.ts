import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { file, type TarEntry } from './tar.ts';

/** What an operating system says of itself. */
export function osRelease(id: string, version: string): TarEntry {
  return file('etc/os-release', `ID=${id}\nVERSION_ID="${version}"\nPRETTY_NAME="${id} ${version}"\n`);
}

/** One package of dpkg; `source` where it was built from another name. */
export interface DebPackage {
  readonly name: string;
  readonly version: string;
  readonly source?: string;
}

/** dpkg's status file (deb-control(5)). */
export function dpkgStatus(packages: readonly DebPackage[]): TarEntry {
  const paragraphs = packages.map(({ name, version, source }) =>
    [
      `Package: ${name}`,
      'Status: install ok installed',
      'Maintainer: Nobody <nobody@example.org>',
      'Architecture: amd64',
      ...(source === undefined ? [] : [`Source: ${source}`]),
      `Version: ${version}`,
      'Description: made for a test',
      '',
    ].join('\n'),
  );
  return file('var/lib/dpkg/status', paragraphs.map((paragraph) => `${paragraph}\n`).join(''));
}

/** One package of apk; `files` that it owns, without leading slash. */
export interface ApkPackage {
  readonly name: string;
  readonly version: string;
  readonly origin: string;
  readonly files?: readonly string[];
}

/** The database of apk-tools (`apk-package(5)`). */
export function apkInstalled(packages: readonly ApkPackage[]): TarEntry {
  const entries = packages.map(({ name, version, origin, files = [] }) => {
    const owned = files.map((path) => `F:${dirname(path)}\nR:${basename(path)}\n`);
    return `P:${name}\nV:${version}\nA:x86_64\no:${origin}\n${owned.join('')}\n`;
  });
  return file('lib/apk/db/installed', entries.join(''));
}

/** An installed npm package. */
export function npmPackage(name: string, version: string, folder = 'app/node_modules'): TarEntry {
  return file(`${folder}/${name}/package.json`, JSON.stringify({ name, version, license: 'MIT' }));
}

/** A jar as Maven builds it, with `pom.properties`. */
export function mavenJar(path: string, coordinates: { group: string; artifact: string; version: string }): TarEntry {
  return file(path, jarBytes(coordinates));
}

/** Bytes of such a jar, with further entries. */
export function jarBytes(
  { group, artifact, version }: { group: string; artifact: string; version: string },
  extra: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array {
  return zipSync({
    'META-INF/MANIFEST.MF': strToU8('Manifest-Version: 1.0\n'),
    [`META-INF/maven/${group}/${artifact}/pom.properties`]: strToU8(
      `groupId=${group}\nartifactId=${artifact}\nversion=${version}\n`,
    ),
    ...extra,
  });
}

/** A package for rpm to build; `version` is `VERSION-RELEASE`. */
export interface RpmPackage {
  readonly name: string;
  readonly version: string;
}

/**
 * rpm's own database with these packages in it, built by `rpmbuild` and written by `rpm`. Each is kept in `rpm-databases`
 * once it was made, for machines without rpm.
 */
export function rpmDatabase(packages: readonly RpmPackage[]): TarEntry {
  const name = packages.map((one) => `${one.name}-${one.version}`).join('+');
  const kept = join(import.meta.dirname, 'rpm-databases', `${name}.sqlite.zst`);
  if (!existsSync(kept)) writeFileSync(kept, zstdCompressSync(makeRpmDatabase(packages)));
  return file('var/lib/rpm/rpmdb.sqlite', zstdDecompressSync(readFileSync(kept)));
}

function makeRpmDatabase(packages: readonly RpmPackage[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-rpm-'));
  try {
    for (const { name, version } of packages) {
      const [upstream, release] = version.split('-');
      const specFile = join(folder, `${name}.spec`);
      writeFileSync(
        specFile,
        `Name: ${name}\nVersion: ${upstream}\nRelease: ${release}\nSummary: S\nLicense: MIT\nVendor: AlmaLinux\n%description\nD\n%files\n`,
      );
      execFileSync('rpmbuild', ['-bb', '--quiet', '--define', `_topdir ${folder}/build`, specFile], { stdio: 'pipe' });
    }
    const built = readdirSync(join(folder, 'build/RPMS'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.rpm'))
      .map((path) => join(folder, 'build/RPMS', path));
    const database = ['--define', '_db_backend sqlite', '--dbpath', join(folder, 'db')];
    execFileSync('rpm', [...database, '-i', '--justdb', '--nodeps', '--noscripts', ...built], { stdio: 'pipe' });
    return readFileSync(join(folder, 'db/rpmdb.sqlite'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
