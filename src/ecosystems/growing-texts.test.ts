import { describe, expect, test } from 'vitest';
import { lockFiles } from './npm/lock-files.ts';
import { pub } from './pub/reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };
const many = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('');

/** As long as a text may be that is read at all; where the work grew with its square, each took minutes. */
const texts = [
  {
    path: 'deno.lock',
    reader: lockFiles,
    text: `{"version":"5","npm":{${many(25_000, (at) => `"p${at}@1.0.0":{"dependencies":["p1"]},`)}"q@1.0.0":{}}}`,
    packages: 25_001,
  },
  {
    path: 'pubspec.lock',
    reader: pub,
    text: `packages:\n${many(50_000, (at) => `  p${at}:\n    version: "1"\n`)}`,
    packages: 50_000,
  },
];

describe('a lock file of very many packages is read in time', () => {
  test.each(texts)(
    '$path',
    async ({ path, reader, text, packages: count }) => {
      const { packages, faults } = await reader.analyze({ path, content: Buffer.from(text), limits });
      expect([packages.length, faults]).toEqual([count, []]);
    },
    60_000,
  );
});
