import { describe, expect, test } from 'vitest';
import { analyze, linesOf } from './lock-files.testing.ts';

describe('what a lock file writes in ways of its own', () => {
  test('peers, hosts and patches in the places of pnpm', async () => {
    const places = {
      '/@babel/core/7.21.0_@types+node@18.0.0': '@babel/core@7.21.0',
      '/react-dom/18.2.0_react@18.2.0+x@1.0.0': 'react-dom@18.2.0',
      '/a/1.0.0-beta.1_2d07c4ffb1e57ac2b1e6e31ae3e5a4f5': 'a@1.0.0-beta.1',
      'registry.example.com/b/1.0.0': 'b@1.0.0',
      'registry.example.com/@s/b/1.0.0': '@s/b@1.0.0',
      '/@s/c@1.0.0(react@18.2.0)(@d/e@2.0.0(x@1.0.0))': '@s/c@1.0.0',
      'registry.example.com/d@1.0.0': 'd@1.0.0',
      'e@1.0.0+build.5(patch_hash=abc)': 'e@1.0.0+build.5',
      'github.com/owner/f/0123456789abcdef0123456789abcdef01234567': 'f@1.2.3*',
      'g@https://codeload.github.com/owner/g/tar.gz/0123456': 'g@3.2.1*',
    };
    const packages = Object.keys(places).map((place) => {
      const stated = place.startsWith('github') ? '\n    name: f\n    version: 1.2.3' : '';
      return `  '${place}':\n    resolution: {integrity: x}${place.startsWith('g@') ? '\n    version: 3.2.1' : stated}`;
    });
    const text = `lockfileVersion: 5.4\npackages:\n${packages.join('\n')}\n`;
    expect(await linesOf('pnpm-lock.yaml', text)).toEqual(Object.values(places).toSorted());
  });

  test('what runs the tools of a project in a document of its own (pnpm 11 and later)', async () => {
    const text = `---
lockfileVersion: '9.0'
importers:
  .:
    configDependencies: {}
    packageManagerDependencies:
      pnpm: {specifier: 12.3.4, version: 12.3.4}
packages:
  '@pnpm/exe.linux-x64@12.3.4': {resolution: {integrity: x}}
  pnpm@12.3.4: {resolution: {integrity: x}}
snapshots:
  '@pnpm/exe.linux-x64@12.3.4': {}
  pnpm@12.3.4:
    optionalDependencies: {'@pnpm/exe.linux-x64': 12.3.4}
---
lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a: {specifier: ^1.0.0, version: 1.0.0}
packages:
  a@1.0.0: {resolution: {integrity: x}}
snapshots:
  a@1.0.0: {}
`;
    expect(await linesOf('pnpm-lock.yaml', text)).toEqual(['a@1.0.0']);
  });

  test('one project without others, and what leads to no project (pnpm)', async () => {
    const text = `lockfileVersion: 5.4
specifiers: {a: ^1.0.0, b: ^1.0.0}
dependencies: {a: 1.0.0}
devDependencies: {b: 1.0.0}
packages:
  /a/1.0.0: {resolution: {integrity: x}, dependencies: {c: 1.0.0}}
  /b/1.0.0: {resolution: {integrity: x}, dependencies: {c: 1.0.0, d: 1.0.0}}
  /c/1.0.0: {resolution: {integrity: x}}
  /d/1.0.0: {resolution: {integrity: x}}
  /e/1.0.0: {resolution: {integrity: x}}
`;
    expect(await linesOf('pnpm-lock.yaml', text)).toEqual(['a@1.0.0', 'c@1.0.0', 'e@1.0.0']);
  });

  test('nested packages, bundled ones, links and optional ones of development too (npm)', async () => {
    const packages = {
      '': { name: 'shop', dependencies: { a: '1', own: '*', git: 'owner/git', url: 'https://example.org/url.tgz' } },
      'node_modules/a': { version: '1.0.0', dependencies: { b: '2' }, license: 'MIT' },
      'node_modules/a/node_modules/b': { version: '2.0.0', inBundle: true },
      'node_modules/b': { version: '1.0.0', dev: true },
      'node_modules/c': { version: '1.0.0', devOptional: true },
      'node_modules/git': { version: '1.0.0', resolved: 'git+ssh://git@github.com/owner/git.git#0123456' },
      'node_modules/url': { version: '1.0.0', resolved: 'https://example.org/url.tgz' },
      'node_modules/filed': { version: '1.0.0', resolved: 'file:vendor/filed-1.0.0.tgz' },
      'node_modules/mirror': { version: '1.0.0', resolved: 'https://npm.example.org/download/mirror/1.0.0/x' },
      'node_modules/own': { resolved: 'parts/own', link: true },
      'parts/own': { version: '9.0.0', dependencies: { d: '1' } },
      'parts/own/node_modules/d': { version: '1.0.0' },
    };
    const text = JSON.stringify({ lockfileVersion: 3, packages });
    const expected = [
      'a@1.0.0',
      'b@2.0.0',
      'c@1.0.0',
      'd@1.0.0',
      'filed@1.0.0*',
      'git@1.0.0*',
      'mirror@1.0.0',
      'url@1.0.0*',
    ];
    expect(await linesOf('package-lock.json', text)).toEqual(expected);
    const { packages: found } = await analyze('package-lock.json', text);
    const byName = new Map(found.map((one) => [one.name, one]));
    expect(byName.get('a')).toMatchObject({ requires: ['b@2.0.0'], licenses: ['MIT'], paths: ['package-lock.json'] });
    expect(byName.get('d')?.foundBy.evidence).toBe('lock file (direct dependency)');
  });

  test('requests that one package answers, and addresses of many kinds (Yarn 1)', async () => {
    const text = `# yarn lockfile v1
"@babel/core@^7.0.0", "@babel/core@^7.1.0 || ^7.2.0", "@babel/core@7 - 8":
  version "7.21.0"
  resolved "https://registry.yarnpkg.com/@babel/core/-/core-7.21.0.tgz#abc"
  dependencies:
    a "^1.0.0"
  optionalDependencies:
    "@s/b" "*"

a@^1.0.0, a@latest, a@*:
  version "1.0.0"

"@s/b@*":
  version "1.0.0"

"c@owner/c", "c@owner/c#semver:^1.0.0":
  version "1.0.0"

"d@git+ssh://git@github.com/owner/d.git#v1":
  version "1.0.0"

"e@file:vendor/e.tgz":
  version "1.0.0"
  resolved "file:vendor/e.tgz#abc"

"f@link:../f":
  version "0.0.0"
  uid ""

"g@npm:@real/g@^1.0.0":
  version "1.0.0"
`.replaceAll('\n', '\r\n');
    const expected = [
      '@babel/core@7.21.0',
      '@real/g@1.0.0',
      '@s/b@1.0.0',
      'a@1.0.0',
      'c@1.0.0*',
      'd@1.0.0*',
      'e@1.0.0*',
    ];
    expect(await linesOf('yarn.lock', text)).toEqual(expected);
    const { packages } = await analyze('yarn.lock', text);
    expect(packages[0]?.requires).toEqual(['a@1.0.0', '@s/b@1.0.0']);
  });

  test('patches and requests without a protocol (Yarn 2 to 4)', async () => {
    const text = `__metadata:
  version: 6
  cacheKey: 8
"fsevents@npm:~2.3.2":
  version: 2.3.2
  resolution: "fsevents@npm:2.3.2"
  conditions: os=darwin
"fsevents@patch:fsevents@~2.3.2#~builtin<compat/fsevents>":
  version: 2.3.2
  resolution: "fsevents@patch:fsevents@npm%3A2.3.2#~builtin<compat/fsevents>::version=2.3.2&hash=df0bf1"
"@s/a@patch:@s/a@npm:1.0.0#./a.patch::locator=shop%40workspace%3A.":
  version: 1.0.0
  resolution: "@s/a@patch:@s/a@npm%3A1.0.0#./a.patch::version=1.0.0&hash=abc&locator=shop%40workspace%3A."
  dependencies:
    b: 1.10
"@s/a@npm:1.0.0":
  version: 1.0.0
  resolution: "@s/a@npm:1.0.0"
"b@npm:2":
  version: 2.0.0
  resolution: "b@npm:2.0.0"
"b@npm:1.10, b@npm:^1.0.0":
  version: 1.10.0
  resolution: "b@npm:1.10.0::__archiveUrl=https%3A%2F%2Fnpm.example.org%2Fb"
"shop@workspace:.":
  version: 0.0.0-use.local
  resolution: "shop@workspace:."
  dependencies:
    "@s/a": "patch:@s/a@npm:1.0.0#./a.patch"
    own: "workspace:^"
  linkType: soft
"own@workspace:^, own@workspace:parts/own":
  version: 0.0.0-use.local
  resolution: "own@workspace:parts/own"
  linkType: soft
"near@portal:../near::locator=shop%40workspace%3A.":
  version: 0.0.0-use.local
  resolution: "near@portal:../near::locator=shop%40workspace%3A."
  linkType: soft
`;
    expect(await linesOf('yarn.lock', text)).toEqual(['@s/a@1.0.0', 'b@1.10.0', 'b@2.0.0', 'fsevents@2.3.2']);
    const { packages } = await analyze('yarn.lock', text);
    expect(packages.find(({ name }) => name === '@s/a')).toMatchObject({
      requires: ['b@1.10.0'],
      foundBy: { evidence: 'lock file (direct dependency)' },
    });
  });

  test('a request that the project answers otherwise, by its name where one package has it (Yarn)', async () => {
    const text = `# yarn lockfile v1
a@1.0.0:
  version "1.0.0"
  dependencies:
    b "^1.0.0"
    c "^1.0.0"
b@2.0.0:
  version "2.0.0"
c@2.0.0:
  version "2.0.0"
c@3.0.0:
  version "3.0.0"
`;
    const { packages, faults } = await analyze('yarn.lock', text);
    expect(faults).toEqual([]);
    expect(packages[0]?.requires).toEqual(['b@2.0.0']);
    const { faults: missing } = await analyze('yarn.lock', text.replace('b@2.0.0:', 'd@2.0.0:'));
    expect(missing[0]?.message).toContain('are missing from it: 1, such as b@^1.0.0');
  });

  test('one version with several peers, named by the project with one of them (pnpm)', async () => {
    const text = `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a: {specifier: 1.0.0, version: 1.0.0(p@2.0.0)}
      b: {specifier: 1.0.0, version: 1.0.0}
snapshots:
  a@1.0.0(p@1.0.0): {dependencies: {p: 1.0.0}}
  a@1.0.0(p@2.0.0): {dependencies: {p: 2.0.0}}
  b@1.0.0: {dependencies: {a: 1.0.0(p@1.0.0)}}
  p@1.0.0: {}
  p@2.0.0: {}
`;
    for (const order of [text, text.replace('version: 1.0.0(p@2.0.0)', 'version: 1.0.0(p@1.0.0)')]) {
      const { packages } = await analyze('pnpm-lock.yaml', order);
      expect(packages.map(({ name, version }) => `${name}@${version}`)).toEqual([
        'a@1.0.0',
        'b@1.0.0',
        'p@1.0.0',
        'p@2.0.0',
      ]);
      expect(packages[0]).toMatchObject({
        requires: ['p@1.0.0', 'p@2.0.0'],
        foundBy: { evidence: 'lock file (direct dependency)' },
      });
    }
  });

  test('packages below others, and texts that look like the end of a list (Bun)', async () => {
    const text = `{
  "lockfileVersion": 1,
  "workspaces": {
    "": { "name": "shop, ]", "dependencies": { "@s/a": "1", }, "devDependencies": { "b": "2", }, },
    "parts/own": { "name": "own", "dependencies": { "b": "1", }, },
  },
  "packages": {
    "@s/a": ["@s/a@1.0.0", "", { "dependencies": { "b": "3" }, "bin": "a \\",]" }, "sha512-x"],
    "@s/a/b": ["b@3.0.0", "", {}, "sha512-x"],
    "b": ["b@2.0.0", "", {}, "sha512-x"],
    "own": ["own@workspace:parts/own"],
    "own/b": ["b@1.0.0", "", {}, "sha512-x"],
    "c": ["c@github:owner/c#0123456", {}, "owner-c-0123456"],
    "d": ["d@root:", {}],
  },
}`;
    expect(await linesOf('bun.lock', text)).toEqual(['@s/a@1.0.0', 'b@1.0.0', 'b@3.0.0', 'c@*']);
  });

  test('packages of JSR, peers and other names, in each version (Deno)', async () => {
    const second = { specifiers: { 'chalk@5': 'chalk@5.3.0' }, packages: { 'chalk@5.3.0': { dependencies: {} } } };
    expect(await linesOf('deno.lock', JSON.stringify({ version: '2', remote: {}, npm: second }))).toEqual([
      'chalk@5.3.0',
    ]);
    const third = {
      specifiers: { 'npm:debug@4': 'npm:debug@4.3.6', 'jsr:@std/path@1': 'jsr:@std/path@1.0.3' },
      jsr: { '@std/path@1.0.3': { integrity: 'x' } },
      npm: { 'debug@4.3.6': { dependencies: { ms: 'ms@2.1.2' } }, 'ms@2.1.2': { dependencies: {} } },
    };
    const inThird = JSON.stringify({ version: '3', packages: third, remote: {} });
    expect(await linesOf('deno.lock', inThird)).toEqual(['@jsr/std__path@1.0.3*', 'debug@4.3.6', 'ms@2.1.2']);
    const npmOfFifth = {
      'vite@5.0.0_@types+node@18.0.0': { dependencies: ['ms', 'width@npm:string-width@4.2.3'] },
      'ms@2.1.2': {},
      'string-width@4.2.3': {},
      'left@1.0.0': { tarball: 'https://example.org/left.tgz' },
    };
    const specifiers = { 'npm:vite@5': '5.0.0_@types+node@18.0.0' };
    const inFifth = JSON.stringify({ version: '5', specifiers, npm: npmOfFifth });
    expect(await linesOf('deno.lock', inFifth)).toEqual([
      'left@1.0.0*',
      'ms@2.1.2',
      'string-width@4.2.3',
      'vite@5.0.0',
    ]);
    const { packages } = await analyze('deno.lock', inFifth);
    expect(packages.find(({ name }) => name === 'vite')).toMatchObject({
      requires: ['ms@2.1.2', 'string-width@4.2.3'],
      foundBy: { evidence: 'lock file (direct dependency)' },
    });
  });
});
