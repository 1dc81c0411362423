import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Catalog, Catalog as CatalogSchema } from './contract.ts';
import { analyzers } from './analyzers.ts';

const limits = { archiveDepth: 8, unpackedBytes: 2 ** 24, entries: 10_000 };
const stanza = (name: string): string =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nSource: src (1:2-3)\nVersion: 1:2-3+b1\nDescription: d\n more\n\n`;
const entry = (name: string): string => `C:Q1x=\nP:${name}\nV:1.2-r3\nA:x86_64\nL:MIT\no:src\nF:usr/bin\nR:${name}\n\n`;
const properties = new TextEncoder().encode('groupId=org.yaml\nartifactId=snakeyaml\nversion=1.26\n');
const inner = zipSync({
  'META-INF/maven/org.yaml/snakeyaml/pom.properties': properties,
  'org/yaml/A.class': properties,
});
const manifest = new TextEncoder().encode('Manifest-Version: 1.0\r\nImplementation-Version: 1.0\r\n\r\n');

/** Whole files of every kind, by the path under which an analyzer asks for them. */
const whole: Record<string, Buffer> = {
  'var/lib/dpkg/status': Buffer.from(['a', 'b', 'c'].map(stanza).join('')),
  'var/lib/dpkg/status.d/a': Buffer.from(stanza('a')),
  'var/lib/dpkg/info/a:amd64.list': Buffer.from('/.\n/usr\n/usr/bin\n/usr/bin/a\n'),
  'lib/apk/db/installed': Buffer.from(['a', 'b', 'c'].map(entry).join('')),
  'etc/os-release': Buffer.from('ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian"\n'),
  'node_modules/a/package.json': Buffer.from('{"name":"a","version":"1.0.0","license":{"type":"MIT"}}'),
  'opt/app.war': Buffer.from(zipSync({ 'WEB-INF/lib/b.jar': [inner, { level: 0 }], 'META-INF/MANIFEST.MF': manifest })),
};

/** Files whose every cut is either harmless or told: the rest end where a shorter file would be whole too. */
const cutsAreReported = (path: string, cut: Buffer): boolean =>
  !/os-release|\.list$/.test(path) && !cut.toString('latin1').endsWith('\n\n') && cut.length > 0;

async function analyze(path: string, content: Buffer): Promise<Pick<Catalog, 'packages' | 'faults'>> {
  const results = analyzers
    .filter((analyzer) => analyzer.wants(path, content.length, 0o644))
    .map(async (analyzer) => analyzer.analyze({ path, content, limits }));
  const [result] = await Promise.all(results);
  if (result === undefined) throw new Error(`no analyzer wants ${path}`);
  const packages = result.packages.map((pkg) => ({ ...pkg, layer: 0 }));
  const catalog = { packages, faults: result.faults, distribution: result.distribution, analyzers: [] };
  return CatalogSchema.parse(catalog);
}

describe('damaged files', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'seawall-damage-'));
    if (!existsSync('/usr/bin/rpmbuild')) return;
    const spec =
      'Name: a\nVersion: 1\nRelease: 2\nEpoch: 3\nSummary: s\nLicense: MIT\nBuildArch: noarch\n%description\nd\n%files\n';
    writeFileSync(join(folder, 'a.spec'), spec);
    execFileSync('rpmbuild', ['-bb', '--quiet', '--define', `_topdir ${folder}/b`, join(folder, 'a.spec')], {
      stdio: 'pipe',
    });
    for (const [backend, name] of [
      ['sqlite', 'rpmdb.sqlite'],
      ['ndb', 'Packages.db'],
    ] as const) {
      const options = ['--define', `_db_backend ${backend}`, '--dbpath', join(folder, backend), '-i', '--justdb'];
      execFileSync('rpm', [...options, join(folder, 'b/RPMS/noarch/a-1-2.noarch.rpm')], { stdio: 'pipe' });
      whole[`var/lib/rpm/${name}`] = readFileSync(join(folder, backend, name));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read whole without a fault', async () => {
    for (const [path, content] of Object.entries(whole))
      expect((await analyze(path, content)).faults, path).toEqual([]);
  });

  it('never throw, hide nothing when cut, and give what the contract carries', async () => {
    const cut = fc.tuple(fc.constantFrom(...Object.keys(whole)), fc.double({ min: 0, max: 1, noNaN: true }));
    const property = fc.asyncProperty(cut, async ([path, part]) => {
      const content = whole[path] ?? Buffer.alloc(0);
      const short = content.subarray(0, Math.floor(content.length * part));
      const [before, after] = [await analyze(path, content), await analyze(path, short)];
      const reported = after.faults.length > 0 || after.packages.length === before.packages.length;
      expect(reported || !cutsAreReported(path, short), `${path} cut at ${short.length}`).toBe(true);
    });
    await fc.assert(property, { numRuns: 400 });
  });

  it('tell of every cut of an archive', async () => {
    const path = 'opt/app.war';
    const content = whole[path] ?? Buffer.alloc(0);
    for (let length = 1; length < content.length; length += 1) {
      expect((await analyze(path, content.subarray(0, length))).faults, `cut at ${length}`).not.toEqual([]);
    }
  });

  it('never throw when bytes are changed, and give what the contract carries', async () => {
    const change = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.integer({ min: 0, max: 255 }),
    );
    const changes = fc.array(change, { minLength: 1, maxLength: 12 });
    const property = fc.asyncProperty(fc.constantFrom(...Object.keys(whole)), changes, async (path, list) => {
      const content = Buffer.from(whole[path] ?? Buffer.alloc(0));
      for (const [part, byte] of list) content[Math.floor(content.length * part)] = byte;
      await analyze(path, content);
    });
    await fc.assert(property, { numRuns: 1500 });
  });

  it('never throw on anything else', async () => {
    const property = fc.asyncProperty(
      fc.constantFrom(...Object.keys(whole)),
      fc.uint8Array({ maxLength: 5000 }),
      async (path, bytes) => {
        await analyze(path, Buffer.from(bytes));
      },
    );
    await fc.assert(property, { numRuns: 600 });
  });
});
