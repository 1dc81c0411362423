import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweepCache, writeCacheFile } from './cache-file.ts';

let cache = '';
beforeEach(() => void (cache = mkdtempSync(join(tmpdir(), 'seawall-cache-'))));
afterEach(() => rmSync(cache, { recursive: true }));

const unfinished = (): string => join(cache, 'unfinished');

test('a file is written whole, for its user alone, and nothing else stays', () => {
  writeCacheFile(cache, join(cache, 'layers/ab/cd'), 'first');
  writeCacheFile(cache, join(cache, 'layers/ab/cd'), 'second');
  expect(readFileSync(join(cache, 'layers/ab/cd'), 'utf8')).toBe('second');
  expect(readdirSync(unfinished())).toEqual([]);
  expect(statSync(join(cache, 'layers/ab/cd')).mode & 0o777).toBe(0o600);
  for (const made of ['layers', 'layers/ab', 'unfinished'])
    expect(statSync(join(cache, made)).mode & 0o777).toBe(0o700);
});

test('a file that cannot take its place leaves nothing behind', () => {
  mkdirSync(join(cache, 'layers'));
  writeCacheFile(cache, join(cache, 'layers'), 'content');
  expect(readdirSync(unfinished())).toEqual([]);
});

test('what a killed process was writing goes; what one writes that runs stays for a day', () => {
  const dead = spawnSync('true').pid;
  mkdirSync(unfinished());
  for (const name of [`${dead}-aa`, `${process.pid}-bb`, 'strange']) writeFileSync(join(unfinished(), name), '');
  sweepCache(cache);
  expect(readdirSync(unfinished())).toEqual([`${process.pid}-bb`]);
  sweepCache(cache, Date.now() + 23 * 60 * 60 * 1000);
  expect(readdirSync(unfinished())).toEqual([`${process.pid}-bb`]);
  sweepCache(cache, Date.now() + 25 * 60 * 60 * 1000);
  expect(readdirSync(unfinished())).toEqual([]);
});

test('a cache without anything unfinished, or with what cannot be removed, is no trouble', () => {
  sweepCache(cache);
  expect(existsSync(unfinished())).toBe(false);
  mkdirSync(join(unfinished(), '1-folder'), { recursive: true });
  sweepCache(cache, Date.now() + 25 * 60 * 60 * 1000);
  expect(readdirSync(unfinished())).toEqual(['1-folder']);
});
