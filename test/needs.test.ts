import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileNeeds } from './file-needs.ts';
import { type Need, needs } from './needs.ts';

const root = join(import.meta.dirname, '..');

describe('the needs of test files', () => {
  test.each(fileNeeds.map(({ files }) => files))('%s names files', (files) => {
    const found = globSync(files, { cwd: root });
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((file) => !/\.test\.tsx?$/.test(file))).toEqual([]);
  });

  test('are all used', () => {
    const used = new Set<string>(fileNeeds.flatMap((one) => one.needs));
    expect(Object.keys(needs).filter((name) => !used.has(name))).toEqual([]);
  });

  test('are met by Debian packages that are installed', () => {
    const installed = readFileSync(join(root, 'tools/debian-packages.txt'), 'utf8').replaceAll(/#.*/g, '').split(/\s+/);
    const asked = Object.values<Need>(needs).flatMap(({ packages }) => packages);
    expect(asked.filter((name) => !installed.includes(name))).toEqual([]);
  });

  test('are hidden in no test outside the kernel’s', () => {
    const files = globSync('{src,test,tools,web/src,bench}/**/*.test.{ts,tsx}', { cwd: root }).filter(
      (file) => !file.startsWith('test/native/') && !file.includes('node_modules'),
    );
    expect(files.filter((file) => /\.(?:runIf|skipIf)[(]/.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });
});
