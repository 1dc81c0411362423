import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeSafely } from './write-safely.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-write-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('writes of one file at once all succeed, and the last one is what it holds', async () => {
  const file = join(folder, 'state.json');
  const texts = Array.from({ length: 50 }, (_, index) => `${index} ${'x'.repeat(index * 1000)}`);
  await Promise.all(texts.map((text) => writeSafely(file, text)));
  expect(readFileSync(file, 'utf8')).toBe(texts.at(-1));
  expect(readdirSync(folder)).toEqual(['state.json']);
});

test('a write that fails holds up neither the next one of the file nor one of another', async () => {
  const file = join(folder, 'state.json');
  mkdirSync(file);
  const written = await Promise.allSettled([
    writeSafely(file, 'first'),
    writeSafely(file, 'second'),
    writeSafely(join(folder, 'other.json'), 'other'),
  ]);
  expect(written.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  expect(readdirSync(folder).toSorted()).toEqual(['other.json', 'state.json']);
  rmSync(file, { recursive: true });
  await writeSafely(file, 'third');
  expect(readFileSync(file, 'utf8')).toBe('third');
});
