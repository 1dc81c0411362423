import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Catalog, Fault } from './contract.ts';
import type { MergedFile } from './merged-tree.ts';
import { scanTarget } from './scan.testing.ts';
import { unlockedManifests } from './unlocked.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-unlocked-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Files = Readonly<Record<string, string>>;

let scans = 0;
async function faultsIn(files: Files): Promise<Catalog['faults']> {
  scans += 1;
  const top = join(folder, `${scans}`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(top, dirname(path)), { recursive: true });
    writeFileSync(join(top, path), text);
  }
  return (await scanTarget(`dir:${top}`)).faults;
}

/** Each fault as its code and path. */
async function told(files: Files): Promise<readonly string[]> {
  return (await faultsIn(files)).map(({ code, path }) => `${code} ${path}`).toSorted();
}

const asking = (name: string, ...names: readonly string[]): string =>
  JSON.stringify({ name, version: '1.0.0', dependencies: Object.fromEntries(names.map((one) => [one, '^1'])) });
const installed = (name: string): string => JSON.stringify({ name, version: '1.0.0' });
const lockOf = (...names: readonly string[]): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: Object.fromEntries(['', ...names].map((one) => [one && `node_modules/${one}`, { version: '1.0.0' }])),
  });
const pom = (artifact: string, ...names: readonly string[]): string => {
  const of = (name: string): string =>
    `<dependency><groupId>acme</groupId><artifactId>${name}</artifactId><version>1</version></dependency>`;
  return `<project><groupId>acme</groupId><artifactId>${artifact}</artifactId><dependencies>${names.map(of).join('')}</dependencies></project>`;
};
const csproj = (name: string): string =>
  `<Project><ItemGroup><PackageReference Include="${name}" Version="1.0.0"/></ItemGroup></Project>`;
const cargo = (name: string, asks: string): string => `[package]\nname = "${name}"\n[dependencies]\n${asks}\n`;
const unlocked = (path: string): string => `unlocked-manifest ${path}`;
const light = (path: string): string => `unidentified-package ${path}`;

describe('a manifest', () => {
  test.each<[string, Files, readonly string[]]>([
    ['alone is told', { 'package.json': asking('app', 'a') }, [unlocked('package.json')]],
    ['that asks for nothing is an application', { 'package.json': asking('app') }, []],
    [
      'with a lock file beside it is answered',
      { 'package.json': asking('app', 'a'), 'package-lock.json': lockOf() },
      [],
    ],
    [
      'with another tool’s lock file is told',
      { 'package.json': asking('app', 'a'), 'Cargo.lock': 'version = 4\n' },
      [unlocked('package.json')],
    ],
    [
      'whose packages are installed is answered',
      { 'package.json': asking('app', 'a'), 'node_modules/a/package.json': installed('a') },
      [],
    ],
    [
      'of which one package is not installed is told',
      { 'package.json': asking('app', 'a', 'b'), 'node_modules/a/package.json': installed('a') },
      [unlocked('package.json')],
    ],
    [
      'of a workspace is answered by the lock file above',
      {
        'package.json': installed('top'),
        'package-lock.json': lockOf('a'),
        'packages/one/package.json': asking('@acme/one', 'a', '@acme/two'),
        'packages/two/package.json': asking('@acme/two', 'a'),
      },
      [],
    ],
    [
      'of a workspace is answered by what is installed above',
      {
        'package.json': asking('top', 'a'),
        'node_modules/a/package.json': installed('a'),
        'packages/one/package.json': asking('one', 'a'),
      },
      [],
    ],
    [
      'is not answered by what is installed for another',
      {
        'package.json': asking('top', 'a'),
        'packages/one/package.json': asking('one', 'a'),
        'packages/one/node_modules/a/package.json': installed('a'),
      },
      [unlocked('package.json')],
    ],
    [
      'below a lock file that does not list what it asks for is told',
      {
        'package.json': asking('top', 'husky'),
        'package-lock.json': lockOf('husky'),
        'backend/package.json': asking('backend', 'express'),
      },
      [unlocked('backend/package.json')],
    ],
    [
      'of a test below a lock file is told lightly',
      {
        'package.json': asking('top', 'a'),
        'package-lock.json': lockOf('a'),
        'test/fixtures/one/package.json': asking('one', 'express'),
        'examples/two/package.json': '{{ cut',
      },
      [light('examples/two/package.json'), light('test/fixtures/one/package.json')],
    ],
    [
      'is not answered by the lock file of an example',
      { 'package.json': asking('top', 'a'), 'examples/one/package-lock.json': lockOf('a') },
      [unlocked('package.json')],
    ],
    [
      'that cannot be read is told',
      { 'package.json': '{', 'a/Cargo.toml': '[' },
      ['a/Cargo.toml', 'package.json'].map(unlocked),
    ],
    [
      'of installed packages is none',
      { 'a/node_modules/b/package.json': asking('b', 'c'), 'a/vendor/b/composer.json': '{"require":{"a/b":"1"}}' },
      [],
    ],
    [
      'of Maven is told, whatever versions it names',
      { 'pom.xml': pom('app', 'one'), 'core/pom.xml': pom('core', 'app') },
      [unlocked('pom.xml')],
    ],
    [
      'of .NET is answered by what was restored',
      {
        'a/a.csproj': csproj('Newtonsoft.Json'),
        'a/obj/project.assets.json': JSON.stringify({ version: 3, targets: {}, libraries: {}, project: {} }),
        'b/b.csproj': csproj('Newtonsoft.Json'),
      },
      [unlocked('b/b.csproj')],
    ],
    [
      'of .NET is answered by what is published below it',
      {
        'b/b.csproj': csproj('Newtonsoft.Json'),
        'b/bin/b.deps.json': JSON.stringify({
          targets: { net8: { 'newtonsoft.json/1.0.0': {} } },
          libraries: { 'newtonsoft.json/1.0.0': { type: 'package' } },
        }),
      },
      [],
    ],
    [
      'of Cargo is answered in a workspace',
      {
        'Cargo.toml': '[workspace]\nmembers = ["one"]\n',
        'Cargo.lock': 'version = 4\n[[package]]\nname = "log"\nversion = "0.4.0"\n',
        'one/Cargo.toml': cargo('one', 'log = "0.4"'),
        'fuzz/Cargo.toml': cargo('fuzz', 'libfuzzer-sys = "0.4"'),
      },
      [unlocked('fuzz/Cargo.toml')],
    ],
    [
      'of Python is answered by pinned requirements, in whatever way each writes the name',
      {
        'pyproject.toml': '[project]\nname = "a"\ndependencies = ["Zope.Interface"]\n',
        'requirements/prod.txt': 'zope-interface==5.0\n',
      },
      [],
    ],
    [
      'of Python is answered by its virtual environment',
      {
        'requirements.txt': 'Flask\n',
        '.venv/lib/python3.12/site-packages/flask-3.0.dist-info/METADATA':
          'Metadata-Version: 2.1\nName: flask\nVersion: 3.0\n',
      },
      [],
    ],
    ['of Python that pins nothing is told', { 'requirements.txt': 'flask\na==1.0\n' }, [unlocked('requirements.txt')]],
  ])('%s', async (_, files, expected) => expect(await told(files)).toEqual(expected));
});

describe('what is told', () => {
  test('names the command and how many are asked for', async () => {
    const faults = await faultsIn({
      'package.json': asking('app', 'a', 'b'),
      'node_modules/a/package.json': installed('a'),
      'one/Gemfile': "gem 'rack'\n",
      'three/pom.xml': pom('one', 'x'),
      'two/composer.json': '{',
    });
    const messages = faults.toSorted((one, two) => ((one.path ?? '') < (two.path ?? '') ? -1 : 1));
    expect(messages.map(({ message }) => message)).toEqual([
      'Gemfile asks for one package, and no lock file or installed package tells its version: run `bundle lock` in its folder, then scan again.',
      'package.json asks for 2 packages, and no lock file or installed package tells the versions of 1 of them, such as b: run `npm install --package-lock-only` in its folder, then scan again.',
      'pom.xml asks for one package, and no lock file or installed package tells what it brings: run `mvn dependency:copy-dependencies` in its folder, then scan again.',
      'What composer.json asks for is unknown, and no lock file tells it: it is not valid JSON. Mend it, or run `composer update --no-install` in its folder, then scan again.',
    ]);
  });

  test('names the first, and counts the rest', () => {
    const faults = unlockedManifests({ files: manifests(120, ['a']) });
    expect([faults.length, faults.at(-1)]).toEqual([
      51,
      expect.objectContaining({ count: 70, code: 'unlocked-manifest' }),
    ]);
  });
});

test('many manifests that ask for much are judged in the time of a test', () => {
  const names = Array.from({ length: 2000 }, (_, at) => `a${at}`);
  const faults = unlockedManifests({ files: manifests(30_000, names) });
  expect(faults.at(-1)?.count).toBe(29_950);
});

/** Each below the one before, as deep as paths go. */
function manifests(count: number, names: readonly string[]): ReadonlyMap<string, MergedFile> {
  const files = Array.from({ length: count }, (_, at): MergedFile => {
    const path = `${'x/'.repeat(at % 200)}${at}/package.json`;
    const asks = { names, others: 0, command: '`npm install`' };
    const analyses = [{ analyzer: 'npm-manifest', analysis: { packages: [], faults: [], asks } }];
    return { path, analyses, layer: 0, packages: [] };
  });
  return new Map(files.map((file) => [file.path, file]));
}

test('a manifest whose name breaks lines is told in one line, so that its scan can be published', async () => {
  const faults = await faultsIn({ 'a\nb\u001b.gemspec': "Gem::Specification.new { |s| s.add_dependency 'rack' }\n" });
  expect(faults.map(({ code }) => code)).toEqual(['unlocked-manifest']);
  for (const fault of faults) expect(Fault.safeParse(fault).success).toBe(true);
});
