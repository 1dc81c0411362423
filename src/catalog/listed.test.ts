import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { scanTarget } from './scan.testing.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-listed-'));
afterAll(() => rmSync(folder, { recursive: true }));

const lock = JSON.stringify({
  lockfileVersion: 3,
  packages: {
    '': { name: 'shop', dependencies: { a: '1', b: '1' } },
    'node_modules/a': { version: '1.0.0', license: 'MIT' },
    'node_modules/b': { version: '1.0.0' },
  },
});
const manifest = (name: string, version: string) => JSON.stringify({ name, version });

/** Packages of a folder with these files: name, version, evidence and paths. */
async function scanned(name: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, dirname(path)), { recursive: true });
    writeFileSync(join(folder, name, path), text);
  }
  const { packages, faults } = await scanTarget(`dir:${join(folder, name)}`);
  expect(faults.filter(({ code }) => code !== 'nothing-recognised')).toEqual([]);
  return packages.map((one) => `${one.name}@${one.version} ${one.foundBy.evidence}: ${one.paths.join(' ')}`);
}

describe('what a lock file lists', () => {
  test('is one package with what is installed of it, which is the evidence', async () => {
    const files = {
      'package-lock.json': lock,
      'node_modules/a/package.json': manifest('a', '1.0.0'),
      'node_modules/b/package.json': manifest('b', '1.0.1'),
    };
    expect(await scanned('installed', files)).toEqual([
      'a@1.0.0 package.json, lock file (direct dependency): node_modules/a/package.json package-lock.json',
      'b@1.0.0 lock file (direct dependency): package-lock.json',
      'b@1.0.1 package.json: node_modules/b/package.json',
    ]);
  });

  test('is joined to each copy below its folder, and to none beside it', async () => {
    const files = {
      'one/package-lock.json': lock,
      'one/node_modules/a/package.json': manifest('a', '1.0.0'),
      'one/node_modules/c/node_modules/a/package.json': manifest('a', '1.0.0'),
      'one-more/node_modules/a/package.json': manifest('a', '1.0.0'),
    };
    expect(await scanned('copies', files)).toEqual([
      'a@1.0.0 package.json: one-more/node_modules/a/package.json',
      'a@1.0.0 package.json, lock file (direct dependency): one/node_modules/a/package.json one/package-lock.json',
      'a@1.0.0 package.json, lock file (direct dependency): one/node_modules/c/node_modules/a/package.json one/package-lock.json',
      'b@1.0.0 lock file (direct dependency): one/package-lock.json',
    ]);
  });

  test('is the same package in whatever way each of them writes its name', async () => {
    const files = {
      'poetry.lock': '[[package]]\nname = "ruamel-yaml"\nversion = "0.18.6"\n',
      '.venv/lib/python3.12/site-packages/ruamel.yaml-0.18.6.dist-info/METADATA':
        'Name: ruamel.yaml\nVersion: 0.18.6\n',
    };
    expect(await scanned('python', files)).toEqual([
      'ruamel.yaml@0.18.6 METADATA, poetry.lock: .venv/lib/python3.12/site-packages/ruamel.yaml-0.18.6.dist-info/METADATA poetry.lock',
    ]);
  });

  test('is no application that has its name and version', async () => {
    const files = { 'package-lock.json': lock, 'package.json': manifest('a', '1.0.0') };
    expect(await scanned('application', files)).toEqual([
      'a@1.0.0 lock file (direct dependency): package-lock.json',
      'a@1.0.0 package.json of an application: package.json',
      'b@1.0.0 lock file (direct dependency): package-lock.json',
    ]);
  });

  test('takes nothing from what advisories are read for', async () => {
    const packages = { '': { dependencies: { a: 'owner/a' } }, 'node_modules/a': { version: '1.0.0' } };
    const files = {
      'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages }),
      'node_modules/a/package.json': manifest('a', '1.0.0'),
    };
    expect(await scanned('elsewhere', files)).toEqual([
      'a@1.0.0 package.json: node_modules/a/package.json package-lock.json',
    ]);
  });

  test('is a package alone where nothing is installed', async () => {
    expect(await scanned('alone', { 'package-lock.json': lock })).toEqual([
      'a@1.0.0 lock file (direct dependency): package-lock.json',
      'b@1.0.0 lock file (direct dependency): package-lock.json',
    ]);
  });

  test('is left out in the root file system of a system', async () => {
    const files = { 'etc/os-release': 'ID=debian\nVERSION_ID="13"\n', 'srv/package-lock.json': lock };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, 'root', dirname(path)), { recursive: true });
      writeFileSync(join(folder, 'root', path), text);
    }
    expect((await scanTarget(`dir:${join(folder, 'root')}`)).packages).toEqual([]);
  });
});
