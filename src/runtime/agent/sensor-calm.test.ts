import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MappingWorld, openMappingWorld } from '../../../test/make/mapping-world.ts';
import { docker } from '../../../test/make/program-image.ts';

/* Data that a server reads again and again is not asked about, for as long as nobody who runs code can reach it. */

const volumes = mkdtempSync(join(tmpdir(), 'seawall-calm-'));
const soon = { timeout: 30_000, interval: 250 };
let at: MappingWorld;

beforeAll(async () => {
  at = await openMappingWorld();
}, 180_000);
afterAll(async () => {
  await at?.close();
  rmSync(volumes, { recursive: true });
});

/** Whether the kernel has a mark for this file, by which it does not ask. */
function isIgnored(path: string): boolean {
  const folder = `/proc/${at.sensor.pid}/fdinfo`;
  const mark = `fanotify ino:${statSync(path).ino.toString(16)} `;
  return readdirSync(folder).some((name) => readFileSync(join(folder, name), 'utf8').includes(mark));
}

/** Starts a server that reads a file of its container, and answers where the host has that file. */
async function startReader(name: string, ...words: readonly string[]): Promise<string> {
  await at.start(name, ...words);
  await at.inside(name, 'echo "echo ran" >/tmp/data');
  await docker(at.engine, 'exec', '-d', name, 'map-code', 'reading', '/tmp/data');
  const upper = await docker(at.engine, 'inspect', '--format', '{{.GraphDriver.Data.UpperDir}}', name);
  return join(upper.stdout, 'tmp/data');
}

/** A folder of the host with such a file, and the words that mount it. */
function shared(name: string): { readonly file: string; readonly words: readonly string[] } {
  const folder = join(volumes, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'data'), 'echo ran\n');
  return { file: join(folder, 'data'), words: ['-v', `${folder}:/tmp`] };
}

test('is asked about again before a program that runs code starts', async () => {
  const file = await startReader('server');
  await expect.poll(() => isIgnored(file), soon).toBe(true);
  const { stdout, stderr } = await at.inside('server', 'sh /tmp/data');
  expect([stdout, stderr]).toEqual(['', expect.stringMatching(/not permitted/)]);
  expect(isIgnored(file)).toBe(false);
  await expect.poll(() => isIgnored(file), soon).toBe(true);
});

test('is asked about while such a program is in the container, or in one that shares the folder', async () => {
  // The name of one begins as that of the other; the neighbour has the folder above a third.
  const [apart, own, inner] = [shared('own-apart'), shared('own'), shared('above/inner')];
  await at.start('neighbour', ...own.words, '-v', `${join(volumes, 'above')}:/above`);
  await docker(at.engine, 'exec', '-d', 'neighbour', 'sh', '-c', 'sleep 100; true');
  const alone = await startReader('alone');
  const shelled = await startReader('shelled');
  await docker(at.engine, 'exec', '-d', 'shelled', 'sh', '-c', 'sleep 100; true');
  await startReader('sharing', ...own.words);
  await startReader('apart', ...apart.words);
  await startReader('inner', ...inner.words);
  await expect.poll(() => [isIgnored(alone), isIgnored(apart.file)], soon).toEqual([true, true]);
  await new Promise((resolve) => setTimeout(resolve, 4000));
  expect([isIgnored(shelled), isIgnored(own.file), isIgnored(inner.file)]).toEqual([false, false, false]);
  await docker(at.engine, 'exec', '-d', 'apart', 'sh', '-c', 'sleep 100; true');
  await expect.poll(() => [isIgnored(alone), isIgnored(apart.file)], soon).toEqual([true, false]);
});

test('is asked about when another container shares the folder, whatever runs there, and when the file has another name', async () => {
  const [folder, twice] = [shared('shares'), shared('twice')];
  await startReader('first', ...folder.words);
  await startReader('linked', ...twice.words);
  await expect.poll(() => [isIgnored(folder.file), isIgnored(twice.file)], soon).toEqual([true, true]);
  // From there the file could be moved to where a third container finds it.
  await at.start('second', '-v', `${volumes}:/all:ro`);
  await expect.poll(() => [isIgnored(folder.file), isIgnored(twice.file)], soon).toEqual([false, false]);
  await docker(at.engine, 'rm', '-f', 'second');
  await expect.poll(() => [isIgnored(folder.file), isIgnored(twice.file)], soon).toEqual([true, true]);
  linkSync(twice.file, join(volumes, 'again'));
  await expect.poll(() => [isIgnored(folder.file), isIgnored(twice.file)], soon).toEqual([true, false]);
});

test('is asked about while such a program can see the processes of the container', async () => {
  const file = await startReader('seen');
  await expect.poll(() => isIgnored(file), soon).toBe(true);
  await at.start('seeing', '--pid', 'container:seen');
  expect(isIgnored(file)).toBe(true);
  const { stdout, stderr } = await at.inside('seeing', 'sh /proc/1/root/tmp/data');
  expect([stdout, stderr]).toEqual(['', expect.stringMatching(/not permitted/u)]);
  expect(isIgnored(file)).toBe(false);
});

test('keeps no file of a container that is gone', async () => {
  const file = await startReader('short');
  await expect.poll(() => isIgnored(file), soon).toBe(true);
  const held = (): number => readdirSync(`/proc/${at.sensor.pid}/fd`).length;
  const before = held();
  await docker(at.engine, 'rm', '-f', 'short');
  await expect.poll(held, soon).toBeLessThan(before);
});
