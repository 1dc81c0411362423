import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeOnce } from './made-once.ts';

/** What tools of others say of an image's root, written down when it was made. */
export interface DebianFacts {
  /** `dpkg-query`: what is installed, `NAME VERSION ARCHITECTURE`. */
  readonly debs: readonly string[];
  /** npm's own lock: `PATH NAME VERSION`, the path without leading slash. */
  readonly npm: readonly string[];
  /** Regular files that end in `.jar`, without leading slash. */
  readonly jars: readonly string[];
}

/** An image of about 200 MB, as `docker save` archive and as OCI layout with gzip layers, four layers each. */
export interface DebianImage {
  readonly archive: string;
  readonly layout: string;
  readonly facts: DebianFacts;
}

const tools = ['mmdebstrap', 'umoci', 'skopeo', 'dpkg-deb', 'npm'];
const included = 'openssl,curl,ca-certificates,libtomcat10-java,python3-requests';

/** Whether this machine can make it: Linux, root and Debian's tools. */
export function canMakeDebianImage(): boolean {
  return process.getuid?.() === 0 && tools.every((tool) => spawnSync(tool, ['--version']).error === undefined);
}

/**
 * A real Debian 13 by `mmdebstrap`, with npm packages by `npm`, and packages that `dpkg` upgrades, removes and installs
 * again in later layers; `umoci` cuts the layers. Made once, under `.cache/test-images`.
 */
export async function debianImage(): Promise<DebianImage> {
  const folder = join(import.meta.dirname, '../../.cache/test-images/debian-13-v1');
  await madeOnce(folder, make);
  return {
    archive: join(folder, 'image.tar'),
    layout: join(folder, 'layout'),
    facts: JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8')),
  };
}

function make(work: string): void {
  const layout = join(work, 'layout');
  const bundle = join(work, 'bundle');
  const root = join(bundle, 'rootfs');
  makeLayers({ work, layout, bundle, root });
  execFileSync('skopeo', [
    'copy',
    '-q',
    `oci:${layout}:made`,
    `docker-archive:${join(work, 'image.tar')}:made/debian:13`,
  ]);
  writeFileSync(join(work, 'facts.json'), JSON.stringify(factsOf(root), undefined, 1));
  rmSync(bundle, { recursive: true });
}

interface Places {
  readonly work: string;
  readonly layout: string;
  readonly bundle: string;
  readonly root: string;
}

/** Layer 0: Debian. 1: an application and four packages. 2: one upgraded, two purged, one of npm's removed. 3: one back. */
function makeLayers({ work, layout, bundle, root }: Places): void {
  const umoci = (...words: readonly string[]) => execFileSync('umoci', words, { stdio: 'pipe' });
  const cut = () => umoci('repack', '--refresh-bundle', '--image', `${layout}:made`, bundle);
  const dpkg = (...words: readonly string[]) => execFileSync('dpkg', [`--root=${root}`, ...words], { stdio: 'pipe' });
  umoci('init', '--layout', layout);
  umoci('new', '--image', `${layout}:made`);
  umoci('unpack', '--image', `${layout}:made`, bundle);
  rmSync(root, { recursive: true });
  execFileSync('mmdebstrap', ['--quiet', '--variant=minbase', `--include=${included}`, 'trixie', root], {
    stdio: 'pipe',
  });
  cut();
  const names = ['made-kept', 'made-upgraded', 'made-removed', 'made-reinstalled'];
  dpkg('-i', ...names.map((name) => deb(work, name, '1.0')));
  npmApplication(join(root, 'srv/app'));
  cut();
  dpkg('-i', deb(work, 'made-upgraded', '2.0'));
  dpkg('--purge', 'made-removed', 'made-reinstalled');
  npm(join(root, 'srv/app'), 'uninstall', 'left-pad');
  cut();
  dpkg('-i', deb(work, 'made-reinstalled', '1.0'));
  cut();
}

/** A package with one file, built by `dpkg-deb`. */
function deb(work: string, name: string, version: string): string {
  const source = join(work, 'bundle', `${name}-${version}`);
  const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: M <m@example.org>\nDescription: made\n`;
  mkdirSync(join(source, 'DEBIAN'), { recursive: true });
  mkdirSync(join(source, 'usr/share', name), { recursive: true });
  writeFileSync(join(source, 'DEBIAN/control'), control);
  writeFileSync(join(source, 'usr/share', name, 'file'), version);
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', source, `${source}.deb`], { stdio: 'pipe' });
  rmSync(source, { recursive: true });
  return `${source}.deb`;
}

/** Installs outside, since npm writes the place into its files, and copies the result in. */
function npmApplication(place: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-npm-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{"name":"app","version":"1.0.0","private":true}');
    npm(folder, 'install', 'express@4.19.2', 'lodash@4.17.20', '@babel/traverse@7.23.0', 'left-pad@1.3.0');
    cpSync(folder, place, { recursive: true, verbatimSymlinks: true });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function npm(cwd: string, ...words: readonly string[]): void {
  execFileSync('npm', [...words, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    stdio: 'pipe',
  });
}

function factsOf(root: string): DebianFacts {
  const format = '${db:Status-Status} ${Package} ${Version} ${Architecture}\\n';
  const query = ['--admindir', join(root, 'var/lib/dpkg'), '--show', '--showformat', format];
  const debs = execFileSync('dpkg-query', query, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.startsWith('installed '))
    .map((line) => line.slice('installed '.length));
  const lock: Lock = JSON.parse(readFileSync(join(root, 'srv/app/package-lock.json'), 'utf8'));
  const npmPackages = Object.entries(lock.packages)
    .filter(([path]) => path !== '' && existsSync(join(root, 'srv/app', path)))
    .map(([path, { version }]) => `srv/app/${path} ${path.slice(path.lastIndexOf('node_modules/') + 13)} ${version}`);
  const jars = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.jar'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  return { debs: debs.sort(), npm: npmPackages.sort(), jars: jars.sort() };
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}
