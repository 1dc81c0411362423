import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damageTries } from '../../../test/damage.ts';
import { lockFiles } from './lock-files.ts';
import { analyze, limits, linesOf } from './lock-files.testing.ts';

/**
 * The same project, locked by each package manager in the version named beside it. It needs packages of the registry, one
 * of them by another name, one of a git repository, one of a URL and a folder of its own, and has a part `packages/web`.
 */
const fixtures = [
  ['shop-npm-1.json', 'package-lock.json'], // npm 11.19.1
  ['shop-npm-2.json', 'package-lock.json'], // npm 11.19.1
  ['shop-npm-3.json', 'package-lock.json'], // npm 11.19.1
  ['shop-pnpm-5.1.txt', 'pnpm-lock.yaml'], // pnpm 3.8.1
  ['shop-pnpm-5.2.txt', 'pnpm-lock.yaml'], // pnpm 5.18.10
  ['shop-pnpm-5.3.txt', 'pnpm-lock.yaml'], // pnpm 6.35.1
  ['shop-pnpm-5.4.txt', 'pnpm-lock.yaml'], // pnpm 7.33.7
  ['shop-pnpm-6.0.txt', 'pnpm-lock.yaml'], // pnpm 8.15.9
  ['shop-pnpm-9.0.txt', 'pnpm-lock.yaml'], // pnpm 9.15.9; 10.34.9 and 11.28.11 write the same
  ['shop-yarn-1.lock', 'yarn.lock'], // Yarn 1.22.22
  ['shop-yarn-3.lock', 'yarn.lock'], // Yarn 3
  ['shop-yarn-4.lock', 'yarn.lock'], // Yarn 4.18.1
  ['shop-bun-1.4.lock', 'bun.lock'], // Bun 1.4.5
] as const;

function textOf(fixture: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', fixture), 'utf8');
}

const toRun = [
  '@esbuild/darwin-x64@0.19.0',
  'debug@4.3.4',
  'follow-redirects@1.15.2',
  'js-tokens@4.0.0',
  'lodash@4.17.20',
  'loose-envify@1.4.0',
  'ms@2.0.0',
  'ms@2.1.2',
  'once@1.4.0',
  'wrappy@1.0.2',
];
/** Yarn's lock files do not tell which packages only help to develop. */
const toDevelop = ['isarray@2.0.5', 'minimist@1.2.6', 'minimist@1.2.8', 'mkdirp@0.5.5'];

/** What is of no registry, as far as each package manager says its name and version. */
const elsewhere: Readonly<Record<string, readonly string[]>> = {
  'shop-npm-1.json': ['left@*', 'of-url@*'],
  'shop-yarn-1.lock': ['left@1.0.0*', 'of-url@9.0.0*'],
  'shop-yarn-3.lock': ['left@1.0.0*', 'of-url@9.0.0*'],
  'shop-yarn-4.lock': ['left@1.0.0*', 'of-url@9.0.0*'],
  'shop-bun-1.4.lock': ['left@*', 'ms-of-url@*'],
};

describe('the packages of a lock file', () => {
  test.each(fixtures)('%s', async (fixture, path) => {
    const others = elsewhere[fixture] ?? ['left@1.0.0*', 'ms-of-url@9.0.0*'];
    const expected = [...toRun, ...others, ...(fixture.includes('yarn') ? toDevelop : [])];
    expect(await linesOf(path, textOf(fixture))).toEqual(expected.toSorted());
  });

  test('deno.lock, of the registries alone', async () => {
    // Deno 2.9.6; of packages that only help to develop it says nothing.
    const [, ...ofRegistry] = toRun.filter((line) => !/^(?:once|wrappy)/.test(line));
    const others = toDevelop.filter((line) => line !== 'minimist@1.2.8');
    expect(await linesOf('deno.lock', textOf('shop-deno-5.lock'))).toEqual([...ofRegistry, ...others].toSorted());
  });

  test.each(fixtures)('%s: each with what it requires', async (fixture, path) => {
    const { packages } = await analyze(path, textOf(fixture));
    const requires = new Map(packages.map((one) => [`${one.name}@${one.version}`, one.requires]));
    expect(requires.get('debug@4.3.4')).toEqual(['ms@2.1.2']);
    expect(requires.get('loose-envify@1.4.0')).toEqual(['js-tokens@4.0.0']);
    expect(requires.get('once@1.4.0')).toEqual(['wrappy@1.0.2']);
    expect(packages.find(({ name }) => name === 'left')?.requires).toEqual(['once@1.4.0']);
    expect(requires.get('ms@2.0.0')).toEqual([]);
  });

  test.each(fixtures)('%s: which of them the project names', async (fixture, path) => {
    const { packages } = await analyze(path, textOf(fixture));
    const evidence = new Map(packages.map((one) => [`${one.name}@${one.version}`, one.foundBy.evidence]));
    const isTold = !/npm-1|yarn-1/.test(fixture);
    expect(evidence.get('debug@4.3.4')).toBe(isTold ? 'lock file (direct dependency)' : 'lock file');
    expect(evidence.get('wrappy@1.0.2')).toBe('lock file');
    // pnpm does not tell by which name a package is installed.
    if (!fixture.includes('pnpm')) expect(evidence.get('lodash@4.17.20')).toContain('installed under another name');
  });
});

describe('a lock file', () => {
  test.each([
    ['package-lock.json', true],
    ['app/npm-shrinkwrap.json', true],
    ['app/pnpm-lock.yaml', true],
    ['yarn.lock', true],
    ['a/bun.lock', true],
    ['a/bun.lockb', true],
    ['a/deno.lock', true],
    ['node_modules/a/yarn.lock', false],
    ['node_modules/.package-lock.json', false],
    ['my-package-lock.json', false],
    ['yarn.lock.orig', false],
  ])('%s is wanted: %s', (path, isWanted) => expect(lockFiles.wants(path, 1, 0o644)).toBe(isWanted));

  test('of Bun in binary form says how to make one that is read', async () => {
    const { packages, faults } = await analyze('bun.lockb', 'bun-lockfile-format-v0\n');
    expect(packages).toEqual([]);
    expect(faults[0]).toMatchObject({ code: 'corrupt-package-database' });
    expect(faults[0]?.message).toContain('--save-text-lockfile');
  });

  test.each([
    ['package-lock.json', 'it is no object', '[]'],
    ['package-lock.json', 'it states neither', '{}'],
    ['package-lock.json', 'not valid JSON', '{"packages": {'],
    ['package-lock.json', 'nested', '['.repeat(2000)],
    ['pnpm-lock.yaml', 'does not state its version', 'a: b'],
    ['pnpm-lock.yaml', 'no object', '- a'],
    ['pnpm-lock.yaml', 'empty', ''],
    ['pnpm-lock.yaml', 'not valid YAML', 'a: ['],
    ['pnpm-lock.yaml', 'nested', '['.repeat(200)],
    ['pnpm-lock.yaml', 'has more than 1000000 lines', ':'.repeat(1_000_001)],
    ['pnpm-lock.yaml', 'has more than 16777216 characters', ' '.repeat(16_777_217)],
    ['pnpm-lock.yaml', 'nested', '- '.repeat(100)],
    ['pnpm-lock.yaml', 'Alias', `${'a: &a [x]\nb: &b [*a, *a, *a, *a]\nc: [*b, *b, *b, *b]'}`],
    ['pnpm-lock.yaml', 'nothing tells what nonsense is', 'lockfileVersion: 5.4\npackages:\n  nonsense: {}'],
    ['pnpm-lock.yaml', 'not valid YAML', '<<<<<<< HEAD\nlockfileVersion: 5.4\n=======\n'],
    ['yarn.lock', 'not of Yarn', 'a@1:\n  version "1"\n'],
    ['yarn.lock', 'line 3', '# yarn lockfile v1\n\n<<<<<<< HEAD\na@1:\n'],
    ['yarn.lock', 'line 2', '# yarn lockfile v1\n  version "1"\n'],
    ['yarn.lock', 'line 2', '# yarn lockfile v1\n"a@1:\n'],
    ['yarn.lock', 'more than 65536 characters', `# yarn lockfile v1\n"${'a'.repeat(70_000)}":\n`],
    [
      'yarn.lock',
      'nothing tells what a@npm:1 is',
      '__metadata:\n  version: 6\n"s@workspace:.":\n  version: 0.0.0\n  resolution: s@workspace:.\n"a@npm:1":\n  version: 1.0.0\n',
    ],
    ['bun.lock', 'nothing tells what a is', '{"packages": {"a": []}}'],
    ['bun.lock', 'lists no packages', '{"lockfileVersion": 1}'],
    ['bun.lock', 'not valid JSON', '{"packages": {,,}}'],
    ['deno.lock', 'does not state its version', '{}'],
    ['deno.lock', 'not valid JSON', '{"version": '],
  ])('%s that is damaged is a fault: %s', async (path, why, text) => {
    const { packages, faults } = await analyze(path, text);
    expect(packages).toEqual([]);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.message).toContain(why);
  });

  test('of no packages lists none', async () => {
    expect(await linesOf('yarn.lock', '')).toEqual([]);
    expect(await linesOf('yarn.lock', '# yarn lockfile v1\n\n')).toEqual([]);
    expect(await linesOf('pnpm-lock.yaml', "lockfileVersion: '9.0'\n")).toEqual([]);
    expect(await linesOf('package-lock.json', '{"lockfileVersion": 1}')).toEqual([]);
    expect(await linesOf('bun.lock', '{"packages": {}}')).toEqual([]);
  });

  const deep = 'a/'.repeat(200_000);
  const nested = (levels: number): string =>
    levels === 0
      ? Array.from({ length: 20_000 }, (_, index) => `"p${index}":{"version":"1.0.0"}`).join(',')
      : `"${'n'.repeat(200)}":{"version":"1.0.0","dependencies":{${nested(levels - 1)}}}`;

  test.each([
    [
      'package-lock.json',
      1,
      JSON.stringify({ packages: { [deep]: { dependencies: { b: '1' } }, 'node_modules/b': { version: '1.0.0' } } }),
    ],
    ['package-lock.json', 0, `{"lockfileVersion":1,"dependencies":{${nested(200)}}}`],
    ['bun.lock', 1, JSON.stringify({ packages: { [deep]: ['b@1.0.0', '', { dependencies: { b: '1' } }] } })],
    [
      'package-lock.json',
      1,
      JSON.stringify({
        packages: { 'node_modules/a': { version: '1.0.0', resolved: `file:${'.tar#'.repeat(200_000)}\n` } },
      }),
    ],
    ['yarn.lock', 1, `# yarn lockfile v1\n${'"a@1", '.repeat(9000)}"a@2":\n  version "1.0.0"\n`],
  ])('%s that is made to take long does not: %#', async (path, count, text) => {
    const started = performance.now();
    const { packages } = await analyze(path, text);
    expect(packages.length).toBe(count);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('with names like those of properties of every object is read as what it is', async () => {
    const text =
      '{"packages": {"node_modules/__proto__": {"version": "1.0.0"}, "node_modules/constructor": {"version": "2.0.0"}}}';
    expect(await linesOf('package-lock.json', text)).toEqual(['__proto__@1.0.0', 'constructor@2.0.0']);
  });

  test.each(fixtures.filter(([fixture]) => /pnpm|yarn-[34]/.test(fixture)))(
    '%s cut at any line tells that packages are missing',
    async (fixture, path) => {
      const whole = textOf(fixture);
      const all = await analyze(path, whole);
      for (let end = whole.indexOf('\n') + 1; end < whole.length; end = whole.indexOf('\n', end) + 1) {
        const { packages, faults } = await analyze(path, whole.slice(0, end));
        if (faults.length === 0 && packages.length > 0)
          expect(packages.length, `cut at ${end}`).toBe(all.packages.length);
      }
    },
    60_000,
  );

  test.each([...fixtures, ['shop-deno-5.lock', 'deno.lock'] as const])(
    '%s cut off or with other bytes never throws',
    async (fixture, path) => {
      const whole = Buffer.from(textOf(fixture));
      const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
      await fc.assert(
        fc.asyncProperty(fc.array(change, { maxLength: 8 }), fc.nat(whole.length), async (changes, length) => {
          const content = Buffer.from(whole);
          for (const { at, byte } of changes) content[at] = byte;
          const { packages, faults } = await lockFiles.analyze({ path, content: content.subarray(0, length), limits });
          for (const { message } of faults) expect(message.length).toBeLessThan(1001);
          for (const { name } of packages) expect(name).not.toBe('');
        }),
        { numRuns: Math.ceil(damageTries / 4) },
      );
    },
    60_000 + damageTries * 20,
  );
});
