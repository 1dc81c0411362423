import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limits } from './limits.ts';

const sensor = join(import.meta.dirname, '../../native/sensor');
const text = ['layout.h', 'table.h', 'copies.h'].map((name) => readFileSync(join(sensor, name), 'utf8')).join('\n');

/** A number that a header of the sensor defines. */
function defined(name: string): number {
  const value = new RegExp(String.raw`#define ${name} (\(?[\d u<)]+)`, 'u').exec(text)?.[1] ?? '';
  const [number = Number.NaN, shift = 0] = value.replaceAll(/[()u]/gu, '').split('<<').map(Number);
  return number * 2 ** shift;
}

test('the bounds of the sensor are those that its headers define', () => {
  expect(limits.filesOfTables.value).toBe(defined('TABLES_FILES'));
  expect(limits.filesOfTable.value).toBe(2 ** defined('TABLE_FILES_BITS') - 1);
  expect(limits.tables.value).toBe(defined('MAX_TABLES'));
  expect(limits.policies.value).toBe(defined('MAX_POLICIES'));
  expect(limits.edges.value).toBe(defined('MAX_EDGES'));
  expect(limits.knownCopies.value).toBe(defined('MAX_COPIES'));
  expect(limits.knownCopiesOfContainer.value).toBe(defined('COPIES_OF_ONE'));
});
