import { describe, expect, test } from 'vitest';
import { contents, links, removals } from './odd-images.testing.ts';
import { scanLayers } from './scan.testing.ts';

/* Images that hide packages, or seem to. Whatever they do: a package that a program could load is listed, or a fault says why not. */

describe.each([
  ['links', links],
  ['what is taken away', removals],
  ['what stands in it', contents],
])('an image by %s', (_, images) => {
  test.each(images.map((one) => [one.what, one] as const))('with %s', async (__, { layers, found, faults = '' }) => {
    const catalog = await scanLayers(layers);
    const packages = catalog.packages.filter(({ foundBy }) => foundBy.analyzer !== 'npm-application');
    const names = [...new Set(packages.map(({ name }) => name))].toSorted();
    const codes = [...new Set(catalog.faults.map(({ code }) => code))].toSorted();
    expect({ found: names.join(' '), faults: codes.join(' ') }).toEqual({
      found,
      faults: faults.split(' ').toSorted().join(' ').trim(),
    });
  });
});
