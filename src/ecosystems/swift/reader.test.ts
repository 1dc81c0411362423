import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damagedTexts, damageTries } from '../../../test/damage.ts';
import { swift } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };

async function reported(text: string): Promise<readonly string[]> {
  const { packages, faults } = await swift.analyze({ path: 'Package.resolved', content: Buffer.from(text), limits });
  return [...packages.map(({ purl }) => purl), ...faults.map(({ code }) => code)];
}

// Entries of public lock files.
const argumentParser = {
  package: 'swift-argument-parser',
  repositoryURL: 'https://github.com/apple/swift-argument-parser.git',
  state: { branch: null, revision: '92646c0cdbaca076c8d3d0207891785b3379cbff', version: '0.3.1' },
};
const ofBranch = {
  package: 'IndexStoreDB',
  repositoryURL: 'https://github.com/apple/indexstore-db',
  state: { branch: 'swift-5.5.2-RELEASE', revision: 'e771994778265c2efe8d33a7ca30adf5f3d2065a', version: null },
};
const first = JSON.stringify({ object: { pins: [argumentParser, ofBranch] }, version: 1 });
const third = JSON.stringify({
  originHash: '00',
  pins: [
    {
      identity: 'swift-algorithms',
      kind: 'remoteSourceControl',
      location: 'https://github.com/apple/swift-algorithms',
      state: { revision: '00', version: '1.2.0' },
    },
    {
      identity: 'own',
      kind: 'remoteSourceControl',
      location: 'git@Example.org:team/own.git',
      state: { version: '2.0.0' },
    },
    { identity: 'mona.linkedlist', kind: 'registry', location: '', state: { version: '1.1.0' } },
  ],
  version: 3,
});
const damaged = 'corrupt-package-database';

describe('a lock file of Swift', () => {
  test.each([
    [
      'of version 1',
      first,
      ['pkg:swift/github.com/apple/swift-argument-parser@0.3.1', 'pkg:generic/github.com/apple/indexstore-db'],
    ],
    [
      'of version 3',
      third,
      [
        'pkg:swift/github.com/apple/swift-algorithms@1.2.0',
        'pkg:swift/example.org/team/own@2.0.0',
        'pkg:generic/mona.linkedlist@1.1.0',
      ],
    ],
    ['that lists nothing', '{"pins": [], "version": 2}', []],
    ['cut off', third.slice(0, 100), [damaged]],
    ['of something else', '[]', [damaged]],
    ['nested without end', '['.repeat(5000), [damaged]],
    ['with what is no package', '{"pins": [5]}', ['corrupt-package']],
  ])('%s', async (_, text, expected) => expect(await reported(text)).toEqual(expected));

  test('is read or refused, however it is damaged', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(damagedTexts(third), async (text) => {
        const lines = await reported(text);
        if (!text.includes('pins')) expect(lines).toEqual([damaged]);
      }),
      { numRuns: damageTries },
    );
  });
});
