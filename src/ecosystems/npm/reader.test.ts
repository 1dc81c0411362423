import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { npm } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };
const lodash = '{"name": "lodash", "version": "4.17.20", "license": "MIT"}';

async function analyze(path: string, text: string) {
  return npm.analyze({ path, content: Buffer.from(text), limits });
}

describe('npm', () => {
  it('finds in this checkout what npm says it installed', async () => {
    const root = join(import.meta.dirname, '../../..');
    const lock = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly version: string; readonly name?: string }>>;
    };
    const installed = Object.entries(lock.packages).map(([path, entry]) => {
      const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return `${path}/package.json ${name}@${entry.version}`;
    });
    const wanted = readdirSync(join(root, 'node_modules'), { recursive: true, encoding: 'utf8' })
      .map((path) => `node_modules/${path}`)
      .filter((path) => npm.wants(path, 1, 0o644));
    const analyses = wanted.map((path) => analyze(path, readFileSync(join(root, path), 'utf8')));
    const found = (await Promise.all(analyses)).flatMap(({ packages }) => packages);
    const lines = found.map((pkg) => `${pkg.paths[0]} ${pkg.name}@${pkg.version}`);
    expect(installed.length).toBeGreaterThan(100);
    expect(lines.sort()).toEqual(installed.sort());
  });

  it.each([
    'node_modules/a/package.json',
    'app/node_modules/@scope/a/package.json',
    'app/node_modules/a/node_modules/b/package.json',
    'app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json',
    'usr/lib/node_modules/npm/package.json',
    'usr/share/nodejs/semver/package.json',
    'usr/share/nodejs/@types/node/package.json',
    'usr/share/nodejs/npm/node_modules/nopt/package.json',
  ])('looks at %s', (path) => expect(npm.wants(path, 1, 0o644)).toBe(true));

  it.each([
    'app/package.json',
    'node_modules/package.json',
    'node_modules/a/test/fixture/package.json',
    'node_modules/@scope/package.json',
    'root/.npm/_cacache/tmp/a/package.json',
    'my_node_modules/a/package.json',
    'usr/share/nodejs/semver/dist/package.json',
    'node_modules/a/xpackage.json',
  ])('takes %s for no package', (path) => expect(npm.wants(path, 1, 0o644)).toBe(false));

  it('reads old forms of licences, and a byte order mark', async () => {
    const old = '\ufeff{"name":"a","version":"1.0.0","licenses":[{"type":"MIT"},"ISC"],"license":{"type":"BSD"}}';
    const { packages } = await analyze('node_modules/a/package.json', old);
    expect(packages[0]).toMatchObject({ name: 'a', purl: 'pkg:npm/a@1.0.0', licenses: ['BSD', 'MIT', 'ISC'] });
  });

  it('names a package by what it is, not by the folder it was installed as', async () => {
    const { packages } = await analyze('node_modules/alias/package.json', lodash);
    expect(packages[0]).toMatchObject({
      name: 'lodash',
      foundBy: { evidence: expect.stringContaining('another name') },
    });
  });

  it('tells of a broken manifest where a package stands, not among the fixtures of one', async () => {
    const cut = lodash.slice(0, 20);
    expect((await analyze('node_modules/lodash/package.json', cut)).faults[0]?.code).toBe('corrupt-package');
    expect((await analyze('node_modules/@a/b/node_modules/lodash/package.json', cut)).faults).toHaveLength(1);
    expect((await analyze('node_modules/x/test/node_modules/lodash/package.json', cut)).faults).toHaveLength(0);
  });

  it('tells of a package without version, and takes a marker file for none', async () => {
    const { faults } = await analyze('node_modules/lodash/package.json', '{"name": "lodash"}');
    expect(faults[0]?.code).toBe('unknown-version');
    expect(await analyze('node_modules/a/package.json', '{"type": "module"}')).toEqual({ packages: [], faults: [] });
  });
});
