import { expect, test } from 'vitest';
import { circlesOf, importsOfTypeScript, includesOfC } from './imports.ts';
import { deepFolders, longFiles, longFunctions } from './sizes.ts';
import { isGroup } from './test-functions.ts';

const lines = (count: number): string => 'x;\n'.repeat(count);
const cFunction = (count: number): string => `static int long_one(int a,\n\t\t    int b)\n{\n${lines(count)}}\n`;

test('a file of 401 lines, a function of C of 61 and a sixth folder are beyond their budgets', () => {
  for (const path of ['web/a.css', 'native/a.c', 'native/a.h']) {
    expect(longFiles([{ path, text: lines(400) }])).toEqual([]);
    expect(longFiles([{ path, text: lines(401) }])).toEqual([`${path}: 401 lines, at most 400`]);
  }
  expect(longFunctions([{ path: 'native/a.c', text: cFunction(56) }])).toEqual([]);
  expect(longFunctions([{ path: 'native/a.c', text: `int x;\n\n${cFunction(57)}` }])).toEqual([
    'native/a.c: long_one has 61 lines, at most 60',
  ]);
  expect(deepFolders([{ path: 'src/a/b/c/d/e.ts', text: '' }])).toEqual([]);
  expect(deepFolders([{ path: 'src/a/b/c/d/e/f.ts', text: '' }])).toHaveLength(1);
});

test('circles are found by types alone, in what is handed on, and in headers of C', () => {
  const typed = [
    { path: 'src/a.ts', text: "import type { B } from './b.ts';\n" },
    { path: 'src/b.ts', text: "export {\n  type C,\n} from '#c/c.ts';\n" },
    { path: 'src/c/c.ts', text: "import { type A } from '../a.ts';\n" },
    { path: 'src/d.ts', text: "import { type A } from './a.ts';\n" },
  ];
  expect(circlesOf(importsOfTypeScript(typed))).toEqual([['src/a.ts', 'src/b.ts', 'src/c/c.ts', 'src/a.ts']]);
  expect(circlesOf(importsOfTypeScript(typed.slice(1)))).toEqual([]);
  const native = [
    { path: 'native/a.c', text: '#include "a.h"\n#include "b.h"\n' },
    { path: 'native/a.h', text: '' },
    { path: 'native/b.h', text: '#include "a.h"\n' },
  ];
  expect(circlesOf(includesOfC(native))).toEqual([['native/a', 'native/b', 'native/a']]);
  expect(circlesOf(includesOfC(native.slice(1)))).toEqual([]);
});

test('a group of tests is no function, a test is', () => {
  expect(isGroup("describe('it', ")).toBe(true);
  expect(isGroup("describe.each([{ a: 1 }])('it', { timeout: 1 }, ")).toBe(true);
  expect(isGroup("describe('it', () => {\n  test('does', ")).toBe(false);
  expect(isGroup("describe('it', () => {\n  const run = ")).toBe(false);
});
