import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../analyzer.ts';
import { isOfPyPI } from '../origin.ts';
import { pypiLocks } from './index.ts';
import { pdm, pipfile, poetry1, poetry2, pylock, requirements, uv } from './samples.testing.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };

async function analyze(path: string, content: string | Uint8Array): Promise<Analysis> {
  return pypiLocks.analyze({ path, content: typeof content === 'string' ? Buffer.from(content) : content, limits });
}

async function listed(path: string, content: string | Uint8Array): Promise<readonly string[]> {
  const { packages, faults } = await analyze(path, content);
  expect(faults).toEqual([]);
  for (const one of packages) expect(one).toMatchObject({ type: 'pypi', paths: [path] });
  return packages.map(({ name, version }) => `${name} ${version}`);
}

describe('what a lock file takes from a repository', () => {
  it.each([
    ['uv.lock', 'version = 1\n[[package]]\nname = "a"\nversion = "1"\nsource = { git = "https://example.org/a#0" }\n'],
    [
      'pdm.lock',
      '[metadata]\nlock_version = "4.5"\n[[package]]\nname = "a"\nversion = "1"\ngit = "https://example.org/a"\n',
    ],
    [
      'poetry.lock',
      '[[package]]\nname = "a"\nversion = "1"\n[package.source]\ntype = "git"\nurl = "https://example.org/a"\n',
    ],
    ['pylock.toml', 'lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\nvcs = {type = "git"}\n'],
  ])('%s: is told apart from what PyPI calls so', async (path, text) => {
    const { packages } = await analyze(path, text);
    expect(packages.map(({ foundBy, purl }) => [purl, foundBy.evidence])).toEqual([
      ['pkg:pypi/a@1', `${path}, from a repository`],
    ]);
    expect(packages.filter(isOfPyPI)).toEqual([]);
  });

  it('is not what an archive or an index is', async () => {
    const source =
      '[[package]]\nname = "a"\nversion = "1"\n[package.source]\ntype = "legacy"\nurl = "https://example.org/simple"\n';
    const { packages } = await analyze('poetry.lock', source);
    expect(packages.filter(isOfPyPI)).toHaveLength(1);
  });
});

describe('lock files of Python', () => {
  it.each([
    'poetry.lock',
    'app/uv.lock',
    'tools/run.py.lock',
    'app/pdm.lock',
    'app/Pipfile.lock',
    'app/pylock.toml',
    'app/pylock.prod.toml',
    'app/requirements.txt',
    'app/requirements-prod.txt',
    'app/requirements_py3.12.txt',
    'app/Requirements.txt',
    'app/base-requirements.txt',
    'app/requirements/production.txt',
  ])('are read: %s', (path) => expect(pypiLocks.wants(path, 1, 0o644)).toBe(true));

  it.each([
    'poetry.lock/x',
    'app/Cargo.lock',
    'app/.lock',
    'app/pylock.a.b.toml',
    'app/mypylock.toml',
    'app/requirements-dev.txt',
    'app/dev-requirements.txt',
    'app/test_requirements.txt',
    'app/requirements/docs.txt',
    'app/requirements.in',
    'app/requirements/README.md',
    'app/system_requirementslist.txt',
    '.venv/lib/python3.12/site-packages/a/requirements.txt',
    'node_modules/node-gyp/requirements.txt',
  ])('are none: %s', (path) => expect(pypiLocks.wants(path, 1, 0o644)).toBe(false));

  it.each<[string, readonly [path: string, text: string], readonly string[]]>([
    ['Poetry 1', ['poetry.lock', poetry1], ['aiosignal 1.3.1']],
    ['Poetry 2', ['poetry.lock', poetry2], ['colorama 0.4.6', 'protobuf 6.32.0']],
    ['PDM', ['pdm.lock', pdm], ['aiocache 0.12.2', 'typing-extensions 4.8.0']],
    ['PEP 751', ['pylock.toml', pylock], ['typing-extensions 4.15.0']],
    ['pipenv', ['Pipfile.lock', pipfile], ['browser-cookie3 0.19.1', 'gunicorn 22.0.0']],
    ['uv', ['uv.lock', uv], ['httptools 0.6.4', 'idna 3.10', 'numpy 1.26.4', 'rich 14.0.0', 'uvicorn 0.34.0']],
    [
      'pip',
      ['requirements.txt', requirements],
      ['Django 4.2.1', 'PyYAML 6.0', 'certifi 2025.1.31', 'legacy 1.0', 'odd 2004d', 'requests 2.31.0'],
    ],
  ])('tell what gets installed: %s', async (_, [path, text], found) => {
    expect((await listed(path, text)).toSorted()).toEqual(found);
    expect((await listed(path, `\ufeff${text.replaceAll('\n', '\r\n')}`)).toSorted()).toEqual(found);
  });

  it.each([
    ['# a comment is not continued \\\na==1', ['a 1']],
    ['a==1 \\\n# ends what is continued\nb==2', ['a 1', 'b 2']],
    ['a==1 \\', ['a 1']],
    ['a\\\n==1', ['a 1']],
  ])('%j is read as pip reads it', async (text, found) => {
    expect(await listed('requirements.txt', text)).toEqual(found);
  });

  it.each([
    ['app/requirements.txt', '`pip install -r requirements.txt && pip freeze > requirements.txt`'],
    ['app/requirements/base.txt', '`pip install -r base.txt && pip freeze > base.txt`'],
  ])('say how to write each version into %s', async (path, command) => {
    const { asks } = await analyze(path, 'requests\n');
    expect(asks?.command).toBe(command);
  });

  it('read what PowerShell writes', async () => {
    const wide = Buffer.from('\ufeffrequests==2.31.0\r\n', 'utf16le');
    expect(await listed('requirements.txt', wide)).toEqual(['requests 2.31.0']);
  });
});

describe('uv.lock', () => {
  const one = (name: string, rest = ''): string =>
    `[[package]]\nname = "${name}"\nversion = "1"\nsource = { registry = "x" }\n${rest}\n`;
  const own = (kind: string, rest: string): string =>
    `[[package]]\nname = "own"\nsource = { ${kind} = "." }\n${rest}\n`;

  it.each<[string, string, readonly string[]]>([
    ['a project that is no package', own('virtual', 'dependencies = [{ name = "a" }]'), ['a 1', 'c 1']],
    ['a project that is one', own('editable', 'dependencies = [{ name = "b" }]'), ['b 1']],
    ['all without a project', '', ['a 1', 'b 1', 'c 1']],
    ['what a script requires', '[manifest]\nrequirements = [{ name = "a" }]\n', ['a 1', 'c 1']],
    [
      'nothing for a project that needs nothing',
      own('virtual', '[package.dev-dependencies]\ndev = [{ name = "a" }]'),
      [],
    ],
  ])('lists %s', async (_, head, found) => {
    const text = `version = 1\n${head}${one('a', 'dependencies = [{ name = "c" }]')}${one('b')}${one('c', 'dependencies = [{ name = "a" }]')}`;
    expect(await listed('uv.lock', text)).toEqual(found);
  });
});

describe('markers of pylock.toml', () => {
  it.each([
    ["'dev' in dependency_groups", false],
    ["'main' in dependency_groups", true],
    ["'dev' not in dependency_groups", true],
    ["'main' not in dependency_groups", false],
    ["sys_platform == 'win32'", true],
    ["'x' in extras", true],
    ["'x' in extras or 'dev' in dependency_groups", true],
    ["python_version < '3' and 'dev' in dependency_groups", false],
    ["('dev' in dependency_groups or 'main' in dependency_groups) and os_name == 'nt'", true],
    ["'dev' in dependency_groups or 'x' in dependency_groups and os_name == 'nt'", false],
    ["(('dev' in dependency_groups))", false],
    ["'dev' in dependency_groups and", true],
    ["('dev' in dependency_groups", true],
    ["'dev' not dependency_groups", true],
    ["'dev in dependency_groups", true],
    ['§', true],
    ['', true],
    [`${'('.repeat(200)}'dev' in dependency_groups${')'.repeat(200)}`, true],
  ])('%j', async (marker, isListed) => {
    const text = `lock-version = "1.0"\ndefault-groups = ["main"]\n[[packages]]\nname = "a"\nversion = "1"\nmarker = ${JSON.stringify(marker)}\n`;
    expect(await listed('pylock.toml', text)).toEqual(isListed ? ['a 1'] : []);
  });

  it('leave out local folders, and what states no version', async () => {
    const text =
      'lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\ndirectory = {path = "."}\n[[packages]]\nname = "b"\nvcs = {type = "git"}\n';
    expect(await listed('pylock.toml', text)).toEqual([]);
  });
});

describe('damaged lock files of Python', () => {
  it.each([
    ['poetry.lock', '[[package]\nname = "a"', 'it is no valid TOML'],
    ['poetry.lock', '', 'it lists no packages'],
    ['pdm.lock', 'a = 1', 'it lists no packages'],
    ['uv.lock', '[[package]]\nname = "a"\nversion = "1"\n', 'it states no version of its format'],
    ['pylock.toml', 'packages = []', 'it states no version of its format'],
    ['uv.lock', 'version = 2\n', 'it is of version 2 of its format'],
    ['pylock.toml', 'lock-version = "2.0"\n', 'it is of version 2.0 of its format'],
    ['pylock.toml', 'lock-version = []\n', 'it states no version of its format'],
    ['poetry.lock', 'package = []\n[metadata]\nlock-version = "3.0"\n', 'it is of version 3.0 of its format'],
    ['pdm.lock', 'package = []\n[metadata]\nlock_version = "10"\n', 'it is of version 10 of its format'],
    ['Pipfile.lock', '{"default": {"a": ', 'it is not valid JSON'],
    ['Pipfile.lock', '[]', 'it is no object'],
    ['Pipfile.lock', '{"a": 1}', 'it lists no packages'],
    ['uv.lock', `version = 1\na = ${'['.repeat(5000)}`, 'it is no valid TOML'],
    ['uv.lock', `version = 1\na = [${'1,'.repeat(4_000_001)}]`, 'it has more than 4000000 values and keys'],
    ['Pipfile.lock', `{"default": [${'1,'.repeat(2_000_001)}1]}`, 'it has more than'],
  ])('%s: %.40j', async (path, text, why) => {
    const { packages, faults } = await analyze(path, text);
    expect(packages).toEqual([]);
    expect(faults).toMatchObject([{ code: 'corrupt-package-database', message: expect.stringContaining(why) }]);
  });

  it.each([
    ['poetry.lock', '[[package]]\nversion = "1"\n[[package]]\nname = "b"\nversion = "2"\n'],
    ['poetry.lock', 'package = [1, {name = "b", version = "2"}]'],
    ['Pipfile.lock', '{"default": {"a": 1, "b": {"version": "==2"}}}'],
    ['requirements.txt', '\u0000\u0001\u0002\nb==2\n'],
  ])('%s: entries without a name hide no others: %j', async (path, text) => {
    const { packages, faults } = await analyze(path, text);
    expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual(['b 2']);
    expect(faults).toMatchObject([{ message: expect.stringContaining('1 entries of this file name no package') }]);
  });

  it('are read in bounded time where many versions need each other', async () => {
    const count = 3000;
    const many = Array.from({ length: count }, (_, at) => at);
    const extras = `[package.optional-dependencies]\n${many
      .slice(0, 3)
      .map((at) => `x${at} = [{ name = "a" }]`)
      .join('\n')}\n`;
    const versions = many.map((at) => `[[package]]\nname = "a"\nversion = "${at}"\n${extras}`).join('');
    const asked = many.map((at) => `{ name = "a", extra = ["x${at}"] }`).join(',');
    const text = `version = 1\n[[package]]\nname = "own"\nsource = { virtual = "." }\ndependencies = [${asked}]\n${versions}`;
    const before = performance.now();
    expect(await listed('uv.lock', text)).toHaveLength(count);
    expect(performance.now() - before).toBeLessThan(20_000);
  });

  it('never fail a scan', async () => {
    const files = [
      ['poetry.lock', poetry2],
      ['pdm.lock', pdm],
      ['uv.lock', uv],
      ['pylock.toml', pylock],
      ['Pipfile.lock', pipfile],
      ['requirements.txt', requirements],
    ] as const;
    const signs = fc.string({ unit: fc.constantFrom(...Array.from('[]{}="\'\\\n,.#()&1a ')), maxLength: 6 });
    const damage = fc.record({ at: fc.nat(4000), cut: fc.nat(60), put: signs });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), damage, async ([path, text], { at, cut, put }) => {
        const start = at % text.length;
        const { packages, faults } = await analyze(path, text.slice(0, start) + put + text.slice(start + cut));
        expect(packages.length).toBeLessThan(40);
        expect(faults.length).toBeLessThan(40);
        for (const one of packages) expect(one.name).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });
});
