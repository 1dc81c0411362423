import { expect, test } from 'vitest';
import type { Catalog } from '../contract.ts';
import { contentDigests } from './content.ts';

const catalog: Catalog = { packages: [], faults: [], analyzers: [{ id: 'dpkg', version: 1 }] };
const hashed = [...catalog.analyzers, { id: 'executables', version: 1 }];

test('scans are compared by what found their packages, whether they hashed executables besides or not', () => {
  const { basis } = contentDigests(catalog);
  expect(contentDigests({ ...catalog, analyzers: hashed }).basis).toBe(basis);
  expect(contentDigests({ ...catalog, analyzers: [{ id: 'dpkg', version: 2 }] }).basis).not.toBe(basis);
});
