import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const native = join(import.meta.dirname, '../../native');
const isRoot = process.getuid?.() === 0;

/** Builds a program of `native/test` and runs it; everything that it says. */
function run(name: string, ...words: readonly string[]) {
  const file = join(native, 'build/test', name);
  const built = spawnSync('flock', [native, 'make', '--silent', '-C', join(native, 'test'), `../build/test/${name}`]);
  expect(built.status, String(built.stderr)).toBe(0);
  const done = spawnSync(file, words, { encoding: 'utf8', env: { ASAN_OPTIONS: 'detect_leaks=0' } });
  return { code: done.status, said: done.stdout, log: done.stderr };
}

describe.runIf(isRoot)('in maps of this kernel', { timeout: 120_000 }, () => {
  test('policies leave after their grace, are refused by a full table, and are kept on a full disk as they were', () => {
    const folder = mkdtempSync(join(tmpdir(), 'seawall-full-'));
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status).toBe(0);
    const done = run('policies-try', folder);
    spawnSync('umount', [folder]);
    rmdirSync(folder);
    expect(done).toMatchObject({ code: 0, said: '' });
    expect(done.log).toMatch(/kept\/4 is not kept for the next start: No space left on device/);
  });

  test('tables come in order, within their bounds, and are there after a start', () => {
    expect(run('tables-try')).toMatchObject({ code: 0, said: '' });
  });

  test('known copies leave with their container, and none is taken out by another container', () => {
    expect(run('copies-try')).toMatchObject({ code: 0, said: '' });
  });

  test('what a container lost is told once, also by a sensor that starts again', () => {
    expect(run('containers-try')).toMatchObject({ code: 0, said: '' });
  });
});
