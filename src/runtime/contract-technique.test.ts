import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { techniqueOf } from './contract-technique.ts';
import { detectors } from './detectors/index.ts';

test('each technique that a detector may name has a name and a tactic', () => {
  const ids = [...new Set(detectors.flatMap(({ techniques }) => techniques))];
  expect(ids.length).toBeGreaterThan(15);
  expect(ids.filter((id) => techniqueOf(id) === undefined)).toEqual([]);
});

test('so has each that the console reports by itself', () => {
  const folder = join(import.meta.dirname, 'console');
  const ids = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.includes('.test'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').match(/(?<=technique: ')T\d{4}(?:\.\d{3})?/g) ?? []);
  expect(ids.length).toBeGreaterThan(0);
  expect(ids.filter((id) => techniqueOf(id) === undefined)).toEqual([]);
  expect(techniqueOf('T9999')).toBeUndefined();
});
