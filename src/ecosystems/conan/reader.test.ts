import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { damagedTexts, damageTries } from '../../../test/damage.ts';
import { conan } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };

async function reported(text: string): Promise<readonly string[]> {
  const { packages, faults } = await conan.analyze({ path: 'conan.lock', content: Buffer.from(text), limits });
  return [...packages.map(({ purl, foundBy }) => `${purl} ${foundBy.evidence}`), ...faults.map(({ code }) => code)];
}

// Of memgraph/memgraph, cut down.
const second = `{
    "version": "0.5",
    "requires": [
        "zlib/1.3.1#cac0f6daea041b0ccf42934163defb20%1765284699.337",
        "strong_type/v15#e2455888c53988fe9367541713c9f6ce%1720449547.547",
        "rapidjson/cci.20250205#dc3e0ac7034c35032b107673d9f9bae3%1771489101.751"
    ],
    "build_requires": ["cmake/4.4.2#8a0d360635c870b1d5c675489ee25074%1786458127.662", "flex/2.6.4#platform"],
    "python_requires": [],
    "overrides": { "snappy/1.1.9": ["snappy/1.2.1"], "gflags/2.2.0-memgraph": [null] },
    "config_requires": []
}`;

// Of AlbanAndrieu/nabla-cpp, without options; the last two nodes are made as Conan documents them.
const first = JSON.stringify({
  graph_lock: {
    nodes: {
      0: { options: 'zlib:shared=False', requires: ['1'], path: 'sample/conanfile.txt', context: 'host' },
      1: { ref: 'boost/1.67.0@conan/stable', package_id: '5e8eff81', prev: '0', requires: ['3'], context: 'host' },
      3: { ref: 'zlib/1.2.11', package_id: '1d877a3d', prev: '0', context: 'host' },
      4: { ref: 'own/1.0', path: 'conanfile.py', context: 'host' },
      5: { ref: 'cmake/3.24.0', context: 'build' },
    },
    revisions_enabled: false,
  },
  version: '0.4',
});

// Of ArthurDassier/Babel_2019, written by Conan 1.19.
const graph = JSON.stringify({
  graph_lock: {
    nodes: {
      '8e12c354': { pref: 'OpenSSL/1.1.1c@conan/stable#0:b781af3f#0', requires: {} },
      '8e12db96': { pref: 'libffi/3.2.1#0:d50a0d52#0' },
      '8e12f720': { pref: null, options: '' },
    },
  },
  version: '0.1',
});
const damaged = 'corrupt-package-database';

describe('a lock file of Conan', () => {
  test.each([
    [
      'of version 2',
      second,
      [
        'pkg:conan/zlib@1.3.1 lock file',
        'pkg:conan/strong_type@v15 lock file',
        'pkg:conan/rapidjson@cci.20250205 lock file',
      ],
    ],
    ['of version 1', first, ['pkg:conan/boost@1.67.0 lock file (of conan/stable)', 'pkg:conan/zlib@1.2.11 lock file']],
    [
      'of version 1.19',
      graph,
      ['pkg:conan/OpenSSL@1.1.1c lock file (of conan/stable)', 'pkg:conan/libffi@3.2.1 lock file'],
    ],
    ['that lists nothing', '{"version": "0.5", "requires": []}', []],
    ['without a package', '{"graph_lock": {"nodes": {}}}', []],
    ['cut off', second.slice(0, 100), [damaged]],
    ['empty', '', [damaged]],
    ['of something else', '[]', [damaged]],
    ['that lists no packages', '{"version": "0.5"}', [damaged]],
    ['nested without end', '['.repeat(5000), [damaged]],
    ['with what is no package', '{"requires": [5, "zlib"]}', ['corrupt-package', 'corrupt-package']],
    ['with a node that is none', '{"graph_lock": {"nodes": {"1": 5}}}', ['corrupt-package']],
  ])('%s', async (_, text, expected) => expect(await reported(text)).toEqual(expected));

  test.each([
    ['conan.lock', true],
    ['src/conan.lock', true],
    ['myconan.lock', false],
    ['conan.lock/a', false],
  ])('lies at %s: %s', (path, expected) => expect(conan.wants(path, 1, 0o644)).toBe(expected));

  test('is read or refused, however it is damaged', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(first, second).chain(damagedTexts), async (text) => {
        const lines = await reported(text);
        if (!/requires|graph_lock/.test(text)) expect(lines).toEqual([damaged]);
      }),
      { numRuns: damageTries },
    );
  });
});
