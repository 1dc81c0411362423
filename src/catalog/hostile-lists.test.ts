import { describe, expect, it } from 'vitest';
import type { FoundPackage } from '#ecosystems/index.ts';
import type { AnalyzedPath, LayerResult } from './layer-result.ts';
import { joinListed } from './listed.ts';
import { mergeLayers } from './merge.ts';

const empty: LayerResult = {
  size: 0,
  verified: true,
  removed: [],
  opaque: [],
  directories: [],
  symlinks: {},
  others: new Uint8Array(),
  files: [],
  faults: [],
};

function package_(analyzer: string, version: string, path: string): FoundPackage {
  const type = analyzer === 'dpkg' ? 'deb' : 'npm';
  const foundBy = { analyzer, evidence: 'test' };
  const purl = `pkg:${type}/a@${version}`;
  return { type, name: 'a', version, purl, licenses: [], paths: [path], files: [], foundBy };
}

function merged(files: readonly AnalyzedPath[]) {
  return mergeLayers([{ ...empty, files }]);
}

const status = 'var/lib/dpkg/status';
const versionsOfOne = (count: number): AnalyzedPath => {
  const packages = Array.from({ length: count }, (_, at) => package_('dpkg', `${at}`, status));
  return { path: status, analyses: [{ analyzer: 'dpkg', analysis: { packages, faults: [] } }] };
};
const list = (path: string, files: readonly string[]): AnalyzedPath => {
  const owns = { package: 'a', files };
  return { path, analyses: [{ analyzer: 'dpkg', analysis: { packages: [], faults: [], owns } }] };
};

/** Seconds that each of these takes when its work grows with the square of what is read: a minute and more. */
const seconds = 20;

describe('a hostile image cannot hold up what lays its layers together', () => {
  it(
    'by many lists of the files of one package',
    () => {
      const lists = Array.from({ length: 150_000 }, (_, at) => list(`var/lib/dpkg/info/a:b:${at}.list`, [`usr/${at}`]));
      const { packages } = merged([versionsOfOne(1), ...lists]);
      expect(packages[0]?.files).toHaveLength(150_000);
    },
    seconds * 1000,
  );

  it(
    'by one list of files that many packages share: no more are listed than fit, and that is told',
    () => {
      const files = Array.from({ length: 20_000 }, (_, at) => `usr/${at}`);
      const { packages, faults } = merged([versionsOfOne(5000), list('var/lib/dpkg/info/a.list', files)]);
      expect(packages.reduce((sum, one) => sum + one.files.length, 0)).toBe(2_000_000);
      expect(faults).toContainEqual(
        expect.objectContaining({ code: 'entry-limit', message: expect.stringMatching(/2000000 files/) }),
      );
    },
    seconds * 1000,
  );

  it(
    'by many lock files and many copies of one package',
    () => {
      const copies = Array.from({ length: 30_000 }, (_, at) =>
        package_('npm', '1', `app/${at}/node_modules/a/package.json`),
      );
      const lists = Array.from({ length: 30_000 }, (_, at) =>
        package_('npm-lock', '1', `other/${at}/package-lock.json`),
      );
      const packages = [...copies, ...lists].map((one) => ({ ...one, layer: 0 }));
      expect(joinListed(packages)).toHaveLength(60_000);
    },
    seconds * 1000,
  );

  it(
    'by lock files in folders in each other: the nearest are joined, the others stay',
    () => {
      const folder = (depth: number): string => 's/'.repeat(depth);
      const copies = Array.from({ length: 10_000 }, (_, at) =>
        package_('npm', '1', `${folder(80)}${at}/node_modules/a/package.json`),
      );
      const lists = Array.from({ length: 80 }, (_, at) => package_('npm-lock', '1', `${folder(at)}package-lock.json`));
      const joined = joinListed([...lists, ...copies].map((one) => ({ ...one, layer: 0 })));
      expect(joined).toHaveLength(10_030);
      expect(joined[0]?.paths).toHaveLength(51);
      expect(joined[0]?.paths.at(-1)).toBe(`${folder(79)}package-lock.json`);
    },
    seconds * 1000,
  );
});
