import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cyclonedxProblems } from '../../src/apps/cli/formats/cyclonedx/testing.ts';
import { debianImage, type DebianImage } from '../make/debian.ts';
import { type FullDatabase, fullDatabase } from './full-database.ts';
import { type Run, runSeawall } from './seawall.ts';

interface Found {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly layer: number;
  readonly paths: readonly string[];
  readonly purl: string;
  readonly ownedBy?: string;
}

describe('a real Debian 13 with Tomcat and an application of npm', () => {
  let image: DebianImage;
  let database: FullDatabase;
  let folder = '';
  let run: Run;
  let packages: readonly Found[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'seawall-debian-'));
    [image, database] = [await debianImage(), await fullDatabase()];
    run = await scan(image.archive);
    packages = JSON.parse(run.stdout).packages;
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function scan(target: string, ...words: readonly string[]): Promise<Run> {
    const env = { ...database.env, XDG_CACHE_HOME: join(folder, 'cache') };
    return runSeawall(['scan', target, '--db', database.path, '--format', 'json', ...words], {
      env,
    });
  }

  async function billOf(target: string): Promise<string> {
    const path = join(folder, 'bill.json');
    await scan(target, '--format', `cyclonedx=${path}`);
    return path;
  }

  it('is a valid bill of materials, with every package and finding of the result', async () => {
    const bill = JSON.parse(readFileSync(await billOf(image.archive), 'utf8'));
    expect(cyclonedxProblems(bill)).toEqual([]);
    const { findings } = JSON.parse(run.stdout);
    const ids = (list: readonly { readonly id: string }[]) => new Set(list.map(({ id }) => id));
    expect(ids(bill.vulnerabilities)).toEqual(ids(findings));
    expect(ids(findings).size).toBeGreaterThan(5);
    expect(bill.vulnerabilities.filter(({ affects }: { affects?: unknown }) => affects === undefined)).toEqual([]);
    const [, ...components] = bill.components;
    expect(components.map(({ purl }: Found) => purl)).toEqual(packages.map(({ purl }) => purl).sort());
  });

  it('has every package that dpkg-query lists, and no other', () => {
    const found = packages.filter(({ type }) => type === 'deb');
    const shown = found.map(({ name, version, purl }) => `${name} ${version} ${/arch=([^&]+)/.exec(purl)?.[1]}`);
    expect(image.facts.debs.length).toBeGreaterThan(100);
    expect(shown.sort()).toEqual(image.facts.debs);
  });

  it('has no program apart that a package of dpkg owns: its vendor speaks for it', () => {
    expect(packages.filter(({ type }) => type === 'generic')).toEqual([]);
    // They are there, and would be known by what they say of themselves.
    const names = packages.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['bash', 'curl', 'openssl', 'perl-base']));
  });

  it('has the application, every package that npm locked, and no other', () => {
    const found = packages.filter(({ type }) => type === 'npm');
    const shown = found.flatMap(({ name, version, paths }) =>
      paths.map((path) => `${path.replace(/\/package\.json$/, '')} ${name} ${version}`),
    );
    expect(image.facts.npm.length).toBeGreaterThan(60);
    expect(shown.sort()).toEqual(['srv/app app 1.0.0', ...image.facts.npm]);
  });

  it('has every jar: as a package, or as a fault that names it', () => {
    const faults: readonly { readonly path?: string }[] = JSON.parse(run.stdout).faults;
    const known = new Set([...packages.flatMap(({ paths }) => paths), ...faults.map(({ path }) => path)]);
    expect(image.facts.jars.length).toBeGreaterThan(20);
    expect(image.facts.jars.filter((path) => !known.has(path))).toEqual([]);
    const jars = packages.filter(({ type }) => type === 'maven').flatMap(({ paths }) => paths);
    expect(jars.filter((path) => !image.facts.jars.includes(path.split('!/')[0] ?? ''))).toEqual([]);
  });

  it('tells of each package which layer brought it in this version', () => {
    const layerOf = (name: string) =>
      packages.filter((one) => one.name === name).map(({ layer, version }) => [version, layer]);
    expect(layerOf('made-kept')).toEqual([['1.0', 1]]);
    expect(layerOf('made-upgraded')).toEqual([['2.0', 2]]);
    expect(layerOf('made-reinstalled')).toEqual([['1.0', 3]]);
    expect(layerOf('made-removed')).toEqual([]);
    expect(layerOf('left-pad')).toEqual([]);
    expect(layerOf('lodash')).toEqual([['4.17.20', 1]]);
    const debian = packages.filter(({ type, name }) => type === 'deb' && !name.startsWith('made-'));
    expect(debian.filter(({ layer }) => layer !== 0)).toEqual([]);
  });

  it('names the Debian package that ships a jar', () => {
    const jars = packages.filter(({ type }) => type === 'maven');
    const tomcat = jars.find(({ paths }) => paths.some((path) => /\/tomcat10-catalina-\d[^/]*$/.test(path)));
    expect(tomcat?.ownedBy).toMatch(/^pkg:deb\/debian\/libtomcat10-java@/);
    expect(jars.filter(({ ownedBy }) => ownedBy === undefined)).toEqual([]);
  });

  it('is seen whole, and fails for what the feeds say of lodash', () => {
    const result = JSON.parse(run.stdout);
    expect(result.faults).toEqual([]);
    expect(run.code).toBe(1);
    const ids = result.findings
      .filter((one: { package: string }) => one.package === 'lodash')
      .map(({ id }: { id: string }) => id);
    expect(ids).toContain('CVE-2021-23337');
  });

  it('is the same from its OCI layout, and again from the cache', async () => {
    const fromLayout = JSON.parse((await scan(`oci:${image.layout}`)).stdout);
    const first = JSON.parse(run.stdout);
    expect(fromLayout.packages).toEqual(first.packages);
    expect(fromLayout.findings).toEqual(first.findings);
    // What an earlier scan hashed is not hashed again, and that is said.
    const less = (text: string) =>
      JSON.parse(text, (key, value: unknown) => (key === 'hashed' ? undefined : value)) as unknown;
    const again = await scan(image.archive);
    expect(less(again.stdout)).toEqual(less(run.stdout));
    expect(less((await scan(image.archive, '--no-cache')).stdout)).toEqual(less(again.stdout));
  });

  it('costs less than 300 MB of memory', () => {
    expect(run.peakBytes).toBeLessThan(300 * 1024 ** 2);
  });
});
