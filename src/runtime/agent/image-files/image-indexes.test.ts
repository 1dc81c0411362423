import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ImageDigest, silentLog } from '#base/index.ts';
import { openExecutableStore } from '#catalog/agent/index.ts';
import { ImageIndexes } from './image-indexes.ts';
import { makeIndexInChild, type MakeIndex } from './index-child.ts';
import type { IndexJob } from './make-index.ts';

const digest = `sha256:${'1'.repeat(64)}` as ImageDigest;
const other = `sha256:${'2'.repeat(64)}` as ImageDigest;
let state = '';
let indexes: ImageIndexes;
let layers: readonly string[] | undefined;
let jobs: IndexJob[] = [];
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'seawall-indexes-'));
  layers = [join(state, 'layer')];
  jobs = [];
  putFile('usr/bin/ls');
  indexes = open();
});
afterEach(async () => {
  await indexes.close();
  rmSync(state, { recursive: true });
});

function open(make: MakeIndex = makeIndexInChild): ImageIndexes {
  return new ImageIndexes({
    stateFolder: state,
    layers: async () => layers,
    make: async (job) => {
      jobs.push(job);
      return await make(job);
    },
    log: silentLog,
  });
}

function putFile(path: string): void {
  const whole = join(state, 'layer', path);
  mkdirSync(join(whole, '..'), { recursive: true });
  writeFileSync(whole, 'a program');
}

/** Keeps what a scan found, as the agent does. */
async function scan(of: ImageDigest, ...paths: readonly string[]): Promise<void> {
  const all = paths.toSorted();
  await openExecutableStore(state).write(of, {
    format: 1,
    isComplete: true,
    paths: all,
    kinds: 'e'.repeat(all.length),
    sizes: all.map(() => 9),
    modes: all.map(() => 0o755),
    layers: all.map(() => 0),
    hashes: Buffer.alloc(48 * all.length).toString('base64'),
    packages: [],
    owners: all.map(() => -1),
    elf: [],
    elfRows: [],
  });
}

test('an index is made of the scan by a process of its own, once, and is there after a start', async () => {
  expect(await indexes.of(digest)).toBeUndefined();
  await scan(digest, 'usr/bin/ls');
  const made = await indexes.of(digest);
  expect(made?.head).toMatchObject({ isComplete: true, files: 1, missingCount: 0 });
  expect(made?.inodeOf('/usr/bin/ls')).toBeGreaterThan(0n);
  expect(await indexes.of(digest)).toBe(made);
  await indexes.close();
  indexes = open();
  expect((await indexes.of(digest))?.find('/usr/bin/ls')).toBeDefined();
  expect(jobs).toHaveLength(1);
}, 30_000);

test('it is made anew when the image is scanned again, or lies elsewhere', async () => {
  await scan(digest, 'usr/bin/ls');
  await indexes.of(digest);
  putFile('usr/bin/id');
  await scan(digest, 'usr/bin/ls', 'usr/bin/id');
  indexes.forget(digest);
  expect((await indexes.of(digest))?.head.files).toBe(2);
  rmSync(join(state, 'layer'), { recursive: true });
  putFile('usr/bin/ls');
  expect((await indexes.of(digest))?.head).toMatchObject({ files: 1, isComplete: false, missing: ['/usr/bin/id'] });
  expect(jobs).toHaveLength(3);
}, 30_000);

test('while it is not known where the image lies there is no table, and its programs are known all the same', async () => {
  await scan(digest, 'usr/bin/ls');
  layers = undefined;
  expect(await indexes.of(digest)).toBeUndefined();
  expect((await indexes.scanned(digest))?.find('/usr/bin/ls')).toBeDefined();
  layers = [join(state, 'layer')];
  expect((await indexes.of(digest))?.head.files).toBe(1);
  // The whole one serves for programs too.
  await indexes.close();
  indexes = open();
  layers = undefined;
  expect((await indexes.scanned(digest))?.head.files).toBe(1);
  expect(jobs).toHaveLength(2);
}, 30_000);

test('what is damaged is made anew, and what cannot be made is not tried again at once', async () => {
  await scan(digest, 'usr/bin/ls');
  await indexes.of(digest);
  await indexes.close();
  const folder = join(state, 'runtime/images');
  for (const name of readdirSync(join(folder, '1'.repeat(64)))) writeFileSync(join(folder, '1'.repeat(64), name), 'x');
  indexes = open();
  expect((await indexes.of(digest))?.head.files).toBe(1);
  await scan(other, 'usr/bin/ls');
  indexes = open(async () => ({ kind: 'failed', message: 'no room' }));
  expect(await indexes.of(other)).toBeUndefined();
  expect(await indexes.of(other)).toBeUndefined();
  expect(jobs.filter((job) => job.digest === other)).toHaveLength(1);
}, 30_000);

test('those of images that are gone are removed', async () => {
  await scan(digest, 'usr/bin/ls');
  await scan(other, 'usr/bin/ls');
  await indexes.of(digest);
  await indexes.of(other);
  mkdirSync(join(state, 'runtime/images', `${'3'.repeat(64)}.next`));
  await indexes.keepOnly(new Set([other]));
  expect(readdirSync(join(state, 'runtime/images'))).toEqual(['2'.repeat(64)]);
  expect(existsSync(join(state, 'runtime/images', '2'.repeat(64), 'table.rows'))).toBe(true);
}, 30_000);

test('one that is asked for while others are removed is whole afterwards, or made anew', async () => {
  await scan(digest, 'usr/bin/ls');
  await indexes.of(digest);
  indexes.forget(digest);
  const removing = indexes.keepOnly(new Set());
  const found = await indexes.of(digest);
  await removing;
  expect(existsSync(found?.rowsFile ?? '')).toBe(true);
  rmSync(found?.rowsFile ?? '');
  indexes.forget(digest);
  expect(existsSync((await indexes.of(digest))?.rowsFile ?? '')).toBe(true);
}, 30_000);
