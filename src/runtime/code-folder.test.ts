import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeFolderOf } from './code-folder.ts';

const table = readFileSync(join(import.meta.dirname, '../../native/test/code-folder-cases.tsv'), 'utf8');
const cases = table.split('\n').flatMap((line) => {
  const [path, folder] = line.split('\t');
  return line.startsWith('#') || path === undefined || folder === undefined ? [] : [[path, folder] as const];
});

test('the table of the sensor was read', () => {
  expect(cases.length).toBeGreaterThan(20);
});

test.each(cases)('%s lies in %s', (path, folder) => {
  expect(codeFolderOf(path)).toBe(folder);
});
