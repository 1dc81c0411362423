import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeKindOf, type Executable, unpackExecutables } from '#catalog/index.ts';
import { ScanPublication } from '#catalog/contract.ts';
import { debianImage, type DebianImage } from '../make/debian.ts';
import { runSeawall } from './seawall.ts';

describe('executables of a real Debian 13 with Tomcat and an application of npm', () => {
  let image: DebianImage;
  let folder = '';
  let root = '';
  let publication: ScanPublication;
  let executables: readonly Executable[] = [];
  const environment = () => ({ XDG_CACHE_HOME: join(folder, 'cache') });

  async function read(...words: readonly string[]): Promise<ScanPublication> {
    const { stdout } = await runSeawall(['catalog', ...words], { env: environment() });
    return ScanPublication.parse(JSON.parse(stdout));
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'seawall-executables-'));
    image = await debianImage();
    execFileSync('umoci', ['unpack', '--image', `${image.layout}:made`, join(folder, 'bundle')], { stdio: 'pipe' });
    root = realpathSync(join(folder, 'bundle/rootfs'));
    publication = await read(image.archive);
    const { executables: packed } = publication.catalog;
    executables = packed === undefined ? [] : unpackExecutables(packed);
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function sums(program: string, paths: readonly string[]): ReadonlyMap<string, string> {
    const { stdout } = spawnSync('xargs', ['-0', program, '-z'], {
      cwd: root,
      input: paths.join('\0'),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    const lines = stdout.split('\0').slice(0, -1);
    return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 2), line.slice(0, line.indexOf(' '))]));
  }

  it('are all those of its unpacked root and no other, with the hashes of sha256sum and md5sum', () => {
    const found = execFileSync('find', ['.', '-xdev', '-type', 'f', '-print0'], { cwd: root, maxBuffer: 2 ** 28 });
    const files = found
      .toString()
      .split('\0')
      .slice(0, -1)
      .map((path) => path.slice(2));
    const code = files.filter((path) =>
      codeKindOf(path, lstatSync(join(root, path)).mode, readFileSync(join(root, path)).subarray(0, 4)),
    );
    expect(executables.map(({ path }) => path)).toEqual(code.toSorted((left, right) => (left < right ? -1 : 1)));
    expect(executables.length).toBeGreaterThan(3000);
    expect(publication.catalog.executables?.isComplete).toBe(true);
    const [sha256, md5] = [sums('sha256sum', code), sums('md5sum', code)];
    for (const one of executables) {
      const { size, mode } = lstatSync(join(root, one.path));
      expect([one.path, one.sha256, one.md5, one.size, one.mode]).toEqual([
        one.path,
        sha256.get(one.path),
        md5.get(one.path),
        size,
        mode & 0o7777,
      ]);
    }
  });

  it('belong to the packages that dpkg names', () => {
    const isNamed = (path: string, owners: readonly string[]) => {
      const written = [path, path.replace(/^usr\//, '')].map((one) => `/${one}`);
      const query = ['--admindir', join(root, 'var/lib/dpkg'), '-S', ...written];
      const { stdout } = spawnSync('dpkg-query', query, { encoding: 'utf8' });
      const reported = stdout.split('\n').filter((line) => written.some((one) => line.endsWith(`: ${one}`)));
      return reported
        .flatMap((line) => line.slice(0, line.indexOf(': ')).split(', '))
        .some((name) => owners.includes(name.split(':')[0] ?? ''));
    };
    const owned = executables.filter((one) => one.package?.startsWith('pkg:deb/'));
    expect(owned.length).toBeGreaterThan(2000);
    const samples = owned.filter((_, index) => index % 60 === 0);
    for (const { path, package: purl = '' } of samples) {
      const name = decodeURIComponent(/^pkg:deb\/debian\/([^@]+)@/.exec(purl)?.[1] ?? '');
      expect([path, name, isNamed(path, [name])]).toEqual([path, name, true]);
    }
    const shown = (path: string) => executables.find((one) => one.path === path)?.package;
    expect(shown('usr/bin/curl')).toMatch(/^pkg:deb\/debian\/curl@/);
    expect(shown('srv/app/node_modules/lodash/lodash.js')).toBe('pkg:npm/lodash@4.17.20');
  });

  it('name the libraries that readelf names, and their loader', () => {
    const curl = executables.find(({ path }) => path === 'usr/bin/curl');
    const reported = execFileSync('readelf', ['-d', '-W', join(root, 'usr/bin/curl')], { encoding: 'utf8' });
    const needed = [...reported.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name]) => name);
    expect(curl?.elf).toEqual({ type: 'executable', needed, interpreter: '/lib64/ld-linux-x86-64.so.2' });
    expect(needed.length).toBeGreaterThan(1);
    const readable = executables.filter(({ kind, elf }) => kind === 'elf' && elf?.needed !== undefined);
    expect(readable.length).toBe(executables.filter(({ kind }) => kind === 'elf').length);
  });

  it('stand with the layer that brought them, and are the same from gzip layers and from the cache', async () => {
    const layersOf = (pattern: RegExp) =>
      new Set(executables.filter(({ path }) => pattern.test(path)).map(({ layer }) => layer));
    expect(layersOf(/^usr\/bin\//)).toEqual(new Set([0]));
    expect(layersOf(/^srv\/app\/node_modules\/lodash\//)).toEqual(new Set([1]));
    expect(layersOf(/left-pad/)).toEqual(new Set());
    const again = await read(image.archive);
    expect(again.catalog).toEqual(publication.catalog);
    expect(existsSync(join(folder, 'cache/seawall/executables'))).toBe(true);
    const fromLayout = await read(`oci:${image.layout}`);
    expect(fromLayout.catalog.executables).toEqual(publication.catalog.executables);
  });
});
