import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spdxProblems } from '../../src/apps/cli/formats/spdx/testing.ts';
import { cyclonedxProblems } from '../../src/apps/cli/formats/cyclonedx/testing.ts';
import { dockerArchive } from '../make/image.ts';
import { apkInstalled, dpkgStatus, mavenJar, npmPackage, osRelease, rpmDatabase } from '../make/packages.ts';
import { file, makeTar, type TarEntry } from '../make/tar.ts';
import { type Run, runSeawall } from './seawall.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-sbom-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const epoch = '1764547200';

/** No database, no network, no console: only the target. */
function sbom(target: string, ...words: readonly string[]): Promise<Run> {
  const env = {
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_DATA_HOME: join(folder, 'data'),
    SOURCE_DATE_EPOCH: epoch,
  };
  return runSeawall(['sbom', target, ...words], { env, cwd: folder });
}

function archive(name: string, entries: readonly TarEntry[]): string {
  const path = join(folder, `${name}.tar`);
  writeFileSync(path, dockerArchive([makeTar(entries)]).bytes);
  return path;
}

const cases: readonly (readonly [string, readonly TarEntry[], string])[] = [
  ['deb', [osRelease('debian', '13'), dpkgStatus([{ name: 'a', version: '1:2-3' }])], 'pkg:deb/debian/a@1:2-3?'],
  [
    'apk',
    [osRelease('alpine', '3.20.3'), apkInstalled([{ name: 'a', version: '1-r2', origin: 'a' }])],
    'pkg:apk/alpine/a@1-r2?',
  ],
  [
    'rpm',
    [osRelease('almalinux', '9.0'), rpmDatabase([{ name: 'xz-libs', version: '5.2.5-8.el9_0' }])],
    'pkg:rpm/almalinux/xz-libs@5.2.5-8.el9_0?',
  ],
  ['npm', [npmPackage('@x/a', '1.2.3')], 'pkg:npm/%40x/a@1.2.3'],
  ['maven', [mavenJar('app/a.jar', { group: 'org.x', artifact: 'a', version: '1' })], 'pkg:maven/org.x/a@1'],
];

describe('seawall sbom', () => {
  it.each(cases)('%s: a valid document with the package, twice the same', async (type, entries, purl) => {
    const target = archive(type, entries);
    const run = await sbom(target);
    expect([run.code, run.stderr]).toEqual([0, '']);
    const document = JSON.parse(run.stdout);
    expect(cyclonedxProblems(document)).toEqual([]);
    expect(document.metadata.timestamp).toBe('2025-12-01T00:00:00Z');
    expect(document).not.toHaveProperty('vulnerabilities');
    expect(document.components.at(-1).purl.startsWith(purl)).toBe(true);
    expect((await sbom(target, '--no-cache')).stdout).toBe(run.stdout);
  });

  it('is written as SPDX and as CycloneDX 1.7 too', async () => {
    const target = archive('forms', [npmPackage('a', '1.0.0')]);
    const spdx = JSON.parse((await sbom(target, '--format', 'spdx')).stdout);
    expect(spdxProblems(spdx)).toEqual([]);
    expect(spdx.packages.at(-1).externalRefs).toMatchObject([{ referenceLocator: 'pkg:npm/a@1.0.0' }]);
    const newer = JSON.parse((await sbom(target, '--format', 'cyclonedx-1.7')).stdout);
    expect([newer.specVersion, cyclonedxProblems(newer)]).toEqual(['1.7', []]);
  });

  it('has the hash of a jar, and writes the file that it is told', async () => {
    const entry = mavenJar('app/a.jar', { group: 'org.x', artifact: 'a', version: '1' });
    const run = await sbom(archive('jar', [entry]), '--output', 'jar.cdx.json');
    expect([run.code, run.stdout]).toEqual([0, '']);
    const { components } = JSON.parse(readFileSync(join(folder, 'jar.cdx.json'), 'utf8'));
    expect(components[0]).toMatchObject({
      group: 'org.x',
      name: 'a',
      version: '1',
      hashes: [{ alg: 'SHA-256', content: expect.stringMatching(/^[0-9a-f]{64}$/) }, { alg: 'MD5' }],
    });
  });

  it('of a folder names what is there', async () => {
    const place = join(folder, 'files/node_modules/a');
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'package.json'), '{"name":"a","version":"1.0.0","license":"MIT"}');
    const document = JSON.parse((await sbom(`dir:${join(folder, 'files')}`)).stdout);
    expect(cyclonedxProblems(document)).toEqual([]);
    expect(document.components).toMatchObject([{ purl: 'pkg:npm/a@1.0.0', licenses: [{ license: { id: 'MIT' } }] }]);
  });

  it('of what was not seen in full is written, says incomplete and ends with 3', async () => {
    const run = await sbom(archive('broken', [npmPackage('a', '1.0.0'), file('app/bad.jar', 'PK\u0003\u0004 broken')]));
    expect([run.code, run.lastLine]).toEqual([3, expect.stringContaining('incomplete')]);
    const document = JSON.parse(run.stdout);
    expect(cyclonedxProblems(document)).toEqual([]);
    expect(document.compositions).toMatchObject([{ aggregate: 'incomplete' }]);
    expect(document.metadata.properties.map(({ value }: { value: string }) => value).join()).toContain('app/bad.jar');
  });

  it.each([
    [['x.tar', '--format', 'xml'], {}, 'xml'],
    [['x.tar'], { SOURCE_DATE_EPOCH: 'yesterday' }, 'SOURCE_DATE_EPOCH'],
    [['x.tar'], { SOURCE_DATE_EPOCH: '999999999999' }, 'SOURCE_DATE_EPOCH'],
  ])('%j with %j answers 2 and says what to do', async (words, env, named) => {
    const run = await runSeawall(['sbom', ...words], { env, cwd: folder });
    expect([run.code, run.stdout, run.lastLine]).toEqual([2, '', expect.stringContaining(named)]);
  });
});
