import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { defaultLimits, openTarget } from '#image/index.ts';
import { dockerArchive } from '../../test/make/image.ts';
import { makeTar } from '../../test/make/tar.ts';
import { analyzeTarget } from './analyze.ts';
import { analyzers } from './analyzers.ts';
import { contents, links, type Odd, removals } from './odd-images.testing.ts';

/* Images that hide packages, or seem to. Whatever they do: a package that a program could load is listed, or a fault says why not. */

const folder = mkdtempSync(join(tmpdir(), 'seawall-odd-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function scan(layers: Odd['layers']) {
  const path = join(folder, 'image.tar');
  writeFileSync(path, dockerArchive(layers.map(makeTar)).bytes);
  const opened = await openTarget(`archive:${path}`, {
    platform: { os: 'linux', architecture: 'amd64' },
    limits: defaultLimits,
    dockerSocket: '/nowhere',
  });
  try {
    return (await analyzeTarget(opened, { analyzers, limits: defaultLimits })).catalog;
  } finally {
    await opened.close();
  }
}

describe.each([
  ['links', links],
  ['what is taken away', removals],
  ['what stands in it', contents],
])('an image by %s', (_, images) => {
  test.each(images.map((one) => [one.what, one] as const))('with %s', async (__, { layers, found, faults = '' }) => {
    const catalog = await scan(layers);
    const packages = catalog.packages.filter(({ foundBy }) => foundBy.analyzer !== 'npm-application');
    const names = [...new Set(packages.map(({ name }) => name))].toSorted();
    const codes = [...new Set(catalog.faults.map(({ code }) => code))].toSorted();
    expect({ found: names.join(' '), faults: codes.join(' ') }).toEqual({
      found,
      faults: faults.split(' ').toSorted().join(' ').trim(),
    });
  });
});
