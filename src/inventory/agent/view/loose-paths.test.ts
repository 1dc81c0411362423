import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLoosePaths, type PathFiles } from './loose-paths.ts';
import { Patience } from './patience.ts';

const patience = 2000;
let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'seawall-loose-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), '');
}

describe('paths that others than root may replace', () => {
  test('are found at each component, links followed', async () => {
    write('safe/inner/file');
    write('open/inner/file');
    chmodSync(join(root, 'open'), 0o775);
    symlinkSync(join(root, 'open'), join(root, 'link'));
    const loosePaths = openLoosePaths(patience);
    const base = (await loosePaths([root])) ?? [];
    const found = async (path: string) =>
      (await loosePaths([join(root, path)]))?.filter((line) => !base.includes(line)) ?? [];
    const mine = globalThis.process.getuid?.() === 0;
    expect((await found('safe/inner/file')).length === 0 || !mine).toBe(true);
    for (const path of ['open/inner/file', 'link/inner', 'open/gone'])
      expect((await found(path)).some((line) => line.startsWith(`${root}/open 0775`))).toBe(true);
  });

  test('cannot be told of what is too long', async () => {
    expect(await openLoosePaths(patience)([`/${'a'.repeat(300)}`])).toBeUndefined();
  });

  test('are looked at once for all questions', async () => {
    const asked: string[] = [];
    const files: PathFiles = { realpath, lstat: async (path) => (asked.push(path), await lstat(path)) };
    const loosePaths = openLoosePaths(patience, files);
    for (let time = 0; time < 3; time += 1) await loosePaths([root]);
    expect(asked.length).toBe(new Set(asked).size);
  });
});

describe('a file system that never answers', () => {
  const release: (() => void)[] = [];
  const never = (path: string) =>
    new Promise<never>((_, reject) => release.push(() => reject(new Error(`${path}: aborted`))));
  afterEach(async () => {
    for (const one of release.splice(0)) one();
    await new Promise(setImmediate);
  });

  test.each(['lstat', 'realpath'] as const)('is waited for no longer than its time: %s', async (name) => {
    const begun = performance.now();
    expect(await openLoosePaths(50, { lstat, realpath, [name]: never })([root])).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  test('holds two threads at most, and what is asked meanwhile is not seen', async () => {
    const loosePaths = openLoosePaths(20, { lstat: never, realpath });
    for (let time = 0; time < 6; time += 1) expect(await loosePaths([root])).toBeUndefined();
    expect(release.length).toBe(2);
    expect(await new Patience(patience).with(async () => 'seen')).toBeUndefined();
    for (const one of release.splice(0)) one();
    await new Promise(setImmediate);
    expect(await new Patience(patience).with(async () => 'seen')).toBe('seen');
  });
});
