import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withTokenOfFile } from './token-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-token-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'token');
writeFileSync(file, 'secret\nrest\n');
writeFileSync(join(folder, 'empty'), '\n');

test.each([
  [['agent', '--token-file', file, '--console', 'c'], ['agent', '--console', 'c'], 'secret'],
  [['agent', `--token-file=${file}`], ['agent'], 'secret'],
])('%j gives the token itself', (words, kept, token) => {
  expect(withTokenOfFile(words)).toEqual({ words: kept, token });
});

test.each([
  [['agent', '--console', 'c']],
  [['agent', '--token-file', '-']],
  [['agent', '--token-file']],
  [['agent', '--token-file', join(folder, 'missing')]],
  [['agent', '--token-file', join(folder, 'empty')]],
])('%j stays as it is', (words) => {
  expect(withTokenOfFile(words)).toEqual({ words });
});
