import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damagedTexts, damageTries } from '../../../test/damage.ts';
import { goSources } from './sources.ts';
import { everyDirective, kompose } from './sources.testing.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };

async function reported(text: string, path = 'go.mod'): Promise<readonly string[]> {
  const { packages, faults } = await goSources.analyze({ path, content: Buffer.from(text), limits });
  return [...packages.map(({ name, version }) => `${name} ${version}`), ...faults.map(({ code }) => code)];
}

const listed = [
  'github.com/compose-spec/compose-go v1.13.3',
  'github.com/google/shlex v0.0.0-20191202100458-e7afc7fbc510',
  'github.com/openshift/api v3.9.0+incompatible',
  'k8s.io/api v0.22.5',
  'github.com/docker/docker v23.0.3+incompatible',
  'github.com/opencontainers/image-spec v1.0.3-0.20211202183452-c5a74bcca799',
  'golang.org/x/net v0.9.0',
  'sigs.k8s.io/structured-merge-diff/v4 v4.2.3',
];
const damaged = 'corrupt-package-database';

describe('a go.mod', () => {
  test('lists what is required, indirectly too', async () => expect(await reported(kompose)).toEqual(listed));
  test('is the same with line ends of Windows', async () =>
    expect(await reported(kompose.replaceAll('\n', '\r\n'))).toEqual(listed));

  test('is read with every directive', async () =>
    expect(await reported(everyDirective)).toEqual([
      'example.com/one v1.0.0',
      'example.com/fork v0.2.0',
      'example.com/three/v3 v3.1.0-rc.1',
      'example.com/four (devel)',
      'example.com/six v1.6.0',
      'example.com/seven (devel)',
      'stdlib 1.22.7',
    ]));

  test.each([
    ['go 1.22.3', ['stdlib 1.22.3']],
    ['go 1.22rc1', ['stdlib 1.22.0-rc.1']],
    ['go 1.22', []],
    ['go 1.20.5', []],
    ['go 1.22\ntoolchain go1.22.4', ['stdlib 1.22.4']],
    ['go 1.22.3\ntoolchain default', ['stdlib 1.22.3']],
  ])('of %j says of the standard library: %j', async (line, expected) =>
    expect(await reported(`module a\n${line}\n`)).toEqual(expected),
  );

  test.each([
    [
      'before Go 1.17, it is not complete',
      'module a\ngo 1.16\nrequire b v1.0.0\n',
      ['b v1.0.0', 'unidentified-package'],
    ],
    ['without a line of Go, it is not complete', 'module a\nrequire b v1.0.0\n', ['b v1.0.0', 'unidentified-package']],
    ['since Go 1.17, it is', 'module a\ngo 1.17\nrequire b v1.0.0\n', ['b v1.0.0']],
    ['that requires nothing is complete', 'module a\ngo 1.16\n', []],
  ])('%s', async (_, text, expected) => expect(await reported(text)).toEqual(expected));

  test.each([
    ['cut off', kompose.slice(0, 200)],
    ['cut off in a version', kompose.slice(0, kompose.indexOf('v1.13.3')) + ')\n'],
    ['empty', ''],
    ['of something else', '{"a": 1}'],
    ['left in a merge', kompose.replace('module github', '<<<<<<< HEAD\nmodul github')],
    ['with an endless line', `module a\n${'x'.repeat(5000)}`],
    ['with endless lines', `module a\n${'\n'.repeat(200_000)}`],
  ])('%s is refused', async (_, text) => expect(await reported(text)).toEqual([damaged]));

  test('is read or refused, however it is damaged', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(damagedTexts(everyDirective), async (text) => {
        const lines = await reported(text);
        if (!text.includes('module')) expect(lines).toEqual([damaged]);
      }),
      { numRuns: damageTries },
    );
  });
});

describe('a vendor/modules.txt', () => {
  const vendored = `# example.com/dep v1.2.3
## explicit; go 1.17
example.com/dep
example.com/dep/sub
# example.com/unused v1.0.0
## explicit
# example.com/near v0.1.0 => ./near
## explicit
example.com/near
# example.com/old v1.0.0 => example.com/new v1.5.0
## explicit
example.com/old
# example.com/near => ./near
# example.com/old => example.com/new v1.5.0
`;
  test.each([
    [
      'lists what was copied',
      vendored,
      ['example.com/dep v1.2.3', 'example.com/near (devel)', 'example.com/new v1.5.0'],
    ],
    ['that is empty lists nothing', '', []],
    ['of a module without packages lists nothing', '# a v1.0.0\n## explicit\n\n', []],
    ['of a workspace lists nothing', '## workspace\n', []],
    ['of something else is refused', '{"a": 1}', [damaged]],
  ])('%s', async (_, text, expected) => expect(await reported(text, 'vendor/modules.txt')).toEqual(expected));

  test('is read or refused, however it is damaged', { timeout: 600_000 }, async () => {
    const texts = damagedTexts(vendored);
    const path = 'vendor/modules.txt';
    await fc.assert(
      fc.asyncProperty(texts, async (text) => void (await reported(text, path))),
      { numRuns: damageTries },
    );
  });
});

test.each([
  ['go.mod', true],
  ['app/go.mod', true],
  ['app/vendor/modules.txt', true],
  ['app/modules.txt', false],
  ['app/cargo.mod', false],
  ['app/testdata/go.mod', false],
  ['go/pkg/mod/golang.org/x/net@v0.9.0/go.mod', false],
  ['app/vendor/golang.org/x/net/go.mod', false],
])('%s: %s', (path, wanted) => expect(goSources.wants(path, 1, 0o644)).toBe(wanted));
