import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeElf } from '../make/elf.ts';
import { dockerArchive } from '../make/image.ts';
import { file, makeTar } from '../make/tar.ts';
import { feedsFolder, type FullDatabase, keptDatabase } from './full-database.ts';
import { type Run, runSeawall } from './seawall.ts';

let database: FullDatabase;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-base-'));
  database = await keptDatabase('bitnami', (work) => {
    mkdirSync(join(work, 'feeds'));
    symlinkSync(join(feedsFolder(), 'Bitnami'), join(work, 'feeds/Bitnami'));
    return join(work, 'feeds');
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scan(...words: readonly string[]): Promise<Run> {
  const env = { ...database.env, XDG_CACHE_HOME: join(folder, 'cache'), DOCKER_HOST: `unix://${folder}/no.sock` };
  return runSeawall(['scan', ...words, '--db', database.path], { env, cwd: folder });
}

function layer(version: string, path: string): Uint8Array {
  const content = Buffer.from(`\0\0${version}1789404730000000000\0`);
  return makeTar([file(path, makeElf([{ name: '.rodata', content }], { isDynamic: true }), 0o755)]);
}

const ofBase = layer('8.0.2', 'usr/local/bin/redis-server');
const ofNewer = layer('8.0.3', 'usr/local/bin/redis-server');
const own = layer('7.2.4', 'opt/redis-server');

function archive(name: string, layers: readonly Uint8Array[]): string {
  const path = join(folder, `${name}.tar`);
  writeFileSync(path, dockerArchive(layers).bytes);
  return `archive:${path}`;
}

interface Told {
  readonly findings: readonly { readonly installed: string; readonly part?: string }[];
  readonly base?: {
    readonly layers: number;
    readonly findings: { readonly base: number; readonly own: number };
    readonly newer?: {
      readonly gone: readonly { readonly id: string }[];
      readonly known: number;
      readonly new: number;
    };
  };
}

test('findings of the base stand apart from own ones, and a newer base is said to fix those that it lacks', async () => {
  const [base, newer] = [archive('base', [ofBase]), archive('newer', [ofNewer])];
  const image = archive('image', [ofBase, own]);
  const run = await scan(image, '--base', base, '--newer-base', newer, '--format', 'json');
  const told: Told = JSON.parse(run.stdout);
  const parts = new Set(told.findings.map(({ installed, part }) => `${installed} ${part}`));
  expect(parts).toEqual(new Set(['8.0.2 base', '7.2.4 own']));
  expect(told.base?.layers).toBe(1);
  expect(told.base?.findings.own).toBe(told.findings.filter(({ part }) => part === 'own').length);
  expect(told.base?.newer).toMatchObject({ new: 0, known: (told.base?.findings.base ?? 0) - 2 });
  expect(told.base?.newer?.gone.map(({ id }) => id).toSorted()).toEqual(['CVE-2025-32023', 'CVE-2025-48367']);

  const shown = (await scan(image, '--base', base, '--newer-base', newer)).stdout.replaceAll(/\s+/g, ' ');
  expect(shown).toMatch(/the lowest 1 of 2 layers\): \d+, \d+ with a fix; own layers: \d+, \d+ with a fix\./);
  expect(shown).toMatch(/instead: 2 gone, \d+ left, 0 new\./);
});

test('without a base nothing is told apart', async () => {
  const { stdout } = await scan(archive('image', [ofBase, own]), '--format', 'json');
  const told: Told = JSON.parse(stdout);
  expect([told.base, new Set(told.findings.map(({ part }) => part))]).toEqual([undefined, new Set([undefined])]);
});

test('what is no base of it is refused, and so is a folder', async () => {
  const [other, image] = [archive('other', [ofNewer]), archive('image', [ofBase, own])];
  const said = async (...words: readonly string[]) => {
    const { code, lastLine } = await scan(...words);
    return [code, lastLine];
  };
  expect(await said(image, '--base', other)).toEqual([2, expect.stringContaining('its lowest layers are others')]);
  expect(await said(image, '--base', 'auto')).toEqual([2, expect.stringContaining('None of the images of the engine')]);
  expect(await said(image, '--newer-base', other)).toEqual([2, expect.stringContaining('--newer-base needs --base')]);
  expect(await said(`dir:${folder}`, '--base', other)).toEqual([2, expect.stringContaining('A folder has no base')]);
});
