import { describe, expect, test } from 'vitest';
import type { AnalyzedFile } from '../analyzer.ts';
import { applications, isOfRegistry } from './application.ts';
import { npm } from './reader.ts';

const limits = { archiveDepth: 16, unpackedBytes: 2 ** 30, entries: 1_000_000 };
const plain = '{"name": "left-pad", "version": "1.0.0"}';
const fetched =
  '{"name": "left-pad", "version": "1.0.0", "_resolved": "https://registry.npmjs.org/left-pad-1.0.0.tgz"}';

/** `compared` with advisories, `listed` only, or `left out`. */
async function fateOf(path: string, text: string): Promise<string> {
  const file: AnalyzedFile = { path, content: Buffer.from(text), limits };
  const readers = [npm, applications].filter((reader) => reader.wants(path, 1, 0o644));
  const analyses = await Promise.all(readers.map(async (reader) => await reader.analyze(file)));
  expect(readers.length).toBeLessThan(2);
  expect(analyses.flatMap(({ faults }) => faults)).toEqual([]);
  const [found] = analyses.flatMap(({ packages }) => packages);
  if (found === undefined) return 'left out';
  return isOfRegistry(found) ? 'compared' : 'listed';
}

describe('a package.json', () => {
  test.each([
    ['of an installed package', 'app/node_modules/left-pad/package.json', plain, 'compared'],
    ['of a package of the system', 'usr/share/nodejs/left-pad/package.json', plain, 'compared'],
    ['of an application', 'app/package.json', plain, 'listed'],
    ['of an application in /usr/src/app', 'usr/src/app/package.json', plain, 'listed'],
    ['at the top', 'package.json', plain, 'listed'],
    ['of a part of a workspace', 'app/packages/left-pad/package.json', plain, 'listed'],
    ['of an application on Windows', 'Files/app/package.json', plain, 'listed'],
    [
      'of a package that lies elsewhere and names its registry',
      'app/vendor/left-pad/package.json',
      fetched,
      'compared',
    ],
    ['among the files of a package', 'app/node_modules/x/test/package.json', plain, 'left out'],
    ['in a cache', 'root/.npm/_cacache/tmp/x/package.json', plain, 'left out'],
    ['in a hidden folder', 'root/.cache/left-pad/package.json', plain, 'left out'],
    ['among the files of a package of the system', 'usr/share/nodejs/x/test/package.json', plain, 'left out'],
    ['without version', 'app/package.json', '{"name": "app"}', 'left out'],
    ['without name', 'app/package.json', '{"type": "module"}', 'left out'],
    ['that is broken', 'app/package.json', '{"name": ', 'left out'],
    ['of another file name', 'app/xpackage.json', plain, 'left out'],
  ])('%s, %s', async (...[, path, text, fate]) => expect(await fateOf(path, text)).toBe(fate));
});
