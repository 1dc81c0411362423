import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { defaultLimits, openTarget } from '#image/index.ts';
import { dockerArchive, ociArchive, ociImage } from '../../test/make/image.ts';
import { directory, file, makeTar } from '../../test/make/tar.ts';
import { analyzeTarget } from './analyze.ts';
import { analyzers } from './analyzers.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-windows-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function scan(bytes: Uint8Array) {
  const path = join(folder, 'image.tar');
  writeFileSync(path, bytes);
  const opened = await openTarget(`archive:${path}`, {
    platform: { os: 'linux', architecture: 'amd64' },
    limits: defaultLimits,
    dockerSocket: '/nowhere',
  });
  const { catalog } = await analyzeTarget(opened, { analyzers, limits: defaultLimits });
  await opened.close();
  const faults = catalog.faults.map(({ code, message }) => `${code}: ${message}`);
  return { found: catalog.packages.map(({ paths }) => paths.join(' ')), faults };
}

/** Layers of Windows hold files, the registry, and sometimes a second system for virtual machines. */
const npm = 'Files/Program Files/nodejs/node_modules/npm/package.json';
const packages = makeTar([directory('Files'), directory('Hives'), file(npm, '{"name":"npm","version":"10.0.0"}')]);
const files = makeTar([
  directory('Files'),
  file('Files/Windows/System32/cmd.exe', 'MZ'),
  file('Hives/SOFTWARE', 'regf'),
]);
const notJudged = expect.stringMatching(/^no-advisory-data: .*Windows itself .*not judged/);

describe.each([
  ['a saved archive', (layer: Uint8Array, os: string) => dockerArchive([layer], { os }).bytes],
  ['an archive of a layout', (layer: Uint8Array, os: string) => ociArchive([ociImage([layer], { os })])],
])('an image for Windows in %s', (_, make) => {
  test('has its packages of languages, and says that the system is not judged', async () => {
    expect(await scan(make(packages, 'windows'))).toEqual({ found: [npm], faults: [notJudged] });
  });

  test('says so where it has none', async () => {
    const { faults } = await scan(make(files, 'windows'));
    expect(faults).toEqual([notJudged, expect.stringMatching(/^nothing-recognised/)]);
  });

  test('says so alone', async () => {
    expect(await scan(make(packages, 'linux'))).toEqual({ found: [npm], faults: [] });
  });
});
