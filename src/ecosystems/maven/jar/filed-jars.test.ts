import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filedJars } from './filed.testing.ts';
import { jar } from './index.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 28, entries: 100_000 };

function analyze(path: string, content: Uint8Array) {
  return Promise.resolve(jar.analyze({ path, content, limits }));
}

const filed = filedJars();

describe('the jars of this machine', () => {
  it('are found with the coordinates under which Debian files them', async () => {
    expect(filed.length).toBeGreaterThan(10);
    for (const { file, names } of filed) {
      const { packages, faults } = await analyze(file.slice(1), readFileSync(file));
      expect(faults, file).toEqual([]);
      const byPom = packages.filter((pkg) => pkg.foundBy.evidence === 'pom.properties').map((pkg) => pkg.name);
      expect(packages.length, file).toBeGreaterThan(0);
      if (byPom.length > 0 && packages.every(({ archive }) => archive === undefined))
        expect(
          byPom.some((name) => names.has(name)),
          `${file}: ${byPom}`,
        ).toBe(true);
    }
  });
});
