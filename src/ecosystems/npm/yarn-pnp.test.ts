import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damageTries } from '../../../test/damage.ts';
import type { Analysis } from '../analyzer.ts';
import { npm } from './index.ts';
import { yarnPnp } from './yarn-pnp.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };

/** Up to the end of the list; the program that follows is Yarn's own. That of Yarn 2 is of a project without `elsewhere`. */
function beginOf(version: number): Buffer {
  return readFileSync(join(import.meta.dirname, `fixtures/shop-yarn-${version}.pnp.txt`));
}

async function analyze(content: Buffer, path = 'app/.pnp.cjs'): Promise<Analysis> {
  return await yarnPnp.analyze({ path, content, limits });
}

function linesOf({ packages }: Analysis): readonly string[] {
  return packages
    .map((one) => `${one.name}@${one.version}${npm.isSoftware?.({ ...one, layer: 0 }) ? '' : '*'}`)
    .toSorted();
}

const ofRegistry = [
  '@esbuild/darwin-x64@0.19.0',
  'debug@4.3.4',
  'follow-redirects@1.15.2',
  'isarray@2.0.5',
  'js-tokens@4.0.0',
  'lodash@4.17.20',
  'loose-envify@1.4.0',
  'minimist@1.2.6',
  'minimist@1.2.8',
  'mkdirp@0.5.5',
  'ms@2.0.0',
  'ms@2.1.2',
];
const others = ['left@*', 'of-url@*', 'once@1.4.0', 'wrappy@1.0.2'];

describe("what Yarn's Plug'n'Play installs", () => {
  test.each([
    [2, ofRegistry],
    [3, [...ofRegistry, ...others]],
    [4, [...ofRegistry, ...others]],
  ])('as Yarn %i lists it', async (version, expected) => {
    const found = await analyze(beginOf(version));
    expect(found.faults).toEqual([]);
    expect(linesOf(found)).toEqual(expected.toSorted());
    const debug = found.packages.find(({ name }) => name === 'debug');
    expect(debug).toMatchObject({ paths: ['app/.pnp.cjs'], requires: ['ms@2.1.2'] });
    expect(debug?.foundBy.evidence).toBe("Plug'n'Play file (direct dependency)");
  });

  test('may be listed in a file of its own', async () => {
    const list = { packageRegistryData: [['a', [['npm:1.0.0', { packageDependencies: [['a', 'npm:1.0.0']] }]]]] };
    expect(linesOf(await analyze(Buffer.from(JSON.stringify(list)), '.pnp.data.json'))).toEqual(['a@1.0.0']);
    const program = "const dataLocation = path.resolve(__dirname, '.pnp.data.json');";
    expect(await analyze(Buffer.from(program))).toEqual({ packages: [], faults: [] });
  });

  test('has the version of what was patched', async () => {
    const patched = 'patch:fsevents@npm%3A2.3.2#optional!builtin<compat/fsevents>::version=2.3.2&hash=df0bf1';
    const list = { packageRegistryData: [['fsevents', [[patched, { packageDependencies: [] }]]]] };
    expect(linesOf(await analyze(Buffer.from(JSON.stringify(list)), '.pnp.data.json'))).toEqual(['fsevents@2.3.2']);
  });

  test.each([
    ['app/.pnp.cjs', true],
    ['.pnp.js', true],
    ['.pnp.data.json', true],
    ['.pnp.loader.mjs', false],
    ['app/node_modules/a/.pnp.cjs', false],
    ['app/x.pnp.cjs', false],
  ])('%s is wanted: %s', (path, isWanted) => expect(yarnPnp.wants(path, 1, 0o644)).toBe(isWanted));

  test.each([
    ['app/.pnp.js', 'let packageInformationStores = new Map([["a", new Map()]])', 'does not list packages'],
    ['app/.pnp.cjs', "const RAW_RUNTIME_STATE =\n'{\\\n", 'does not list packages'],
    ['app/.pnp.cjs', "const RAW_RUNTIME_STATE =\n'{\\\n}';", 'lists no packages'],
    ['app/.pnp.cjs', "const RAW_RUNTIME_STATE =\n'{ nonsense \\\n}';", 'not valid JSON'],
    ['app/.pnp.data.json', '[', 'not valid JSON'],
  ])('%s that is damaged is a fault: %s', async (path, text, why) => {
    const { packages, faults } = await analyze(Buffer.from(text), path);
    expect(packages).toEqual([]);
    expect(faults).toMatchObject([{ code: 'corrupt-package-database', message: expect.stringContaining(why) }]);
  });

  test.each([2, 3, 4])(
    'of Yarn %i cut off or with other bytes never throws',
    async (version) => {
      const whole = beginOf(version);
      const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
      await fc.assert(
        fc.asyncProperty(fc.array(change, { maxLength: 8 }), fc.nat(whole.length), async (changes, length) => {
          const content = Buffer.from(whole);
          for (const { at, byte } of changes) content[at] = byte;
          const { packages } = await analyze(content.subarray(0, length));
          for (const { name } of packages) expect(name).not.toBe('');
        }),
        { numRuns: damageTries },
      );
    },
    60_000 + damageTries * 20,
  );
});
