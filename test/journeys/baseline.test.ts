import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeElf } from '../make/elf.ts';
import { dockerArchive } from '../make/image.ts';
import { file, makeTar, type TarEntry } from '../make/tar.ts';
import { feedsFolder, type FullDatabase, keptDatabase } from './full-database.ts';
import { type Run, runSeawall } from './seawall.ts';

let database: FullDatabase;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-baseline-'));
  database = await keptDatabase('bitnami', (work) => {
    mkdirSync(join(work, 'feeds'));
    symlinkSync(join(feedsFolder(), 'Bitnami'), join(work, 'feeds/Bitnami'));
    return join(work, 'feeds');
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...words: readonly string[]): Promise<Run> {
  const env = { ...database.env, XDG_CACHE_HOME: join(folder, 'cache') };
  return runSeawall([...words, '--db', database.path], { env, cwd: folder });
}

const program = (path: string, text: string): TarEntry =>
  file(path, makeElf([{ name: '.rodata', content: Buffer.from(`\0${text}\0`) }], { isDynamic: true }), 0o755);
const redis = (version: string, path = 'usr/local/bin/redis-server'): TarEntry =>
  program(path, `\0${version}1789404730000000000`);

function archive(name: string, entries: readonly TarEntry[]): string {
  const path = join(folder, `${name}.tar`);
  writeFileSync(path, dockerArchive([makeTar(entries)]).bytes);
  return `archive:${path}`;
}

test('a build fails on what it brings, and not on what the build before had', async () => {
  const before = archive('before', [redis('8.0.2')]);
  const newer = archive('newer', [redis('8.0.3')]);
  const more = archive('more', [redis('8.0.2'), redis('7.2.4', 'opt/redis-server')]);
  expect((await run('scan', before, '--format', 'json', '--output', 'before.json')).code).toBe(1);

  const kept = await run('scan', newer, '--baseline', 'before.json');
  expect(kept.stdout.replaceAll(/\s+/g, ' ')).toMatch(/baseline \S+: 0 new, 0 worse, \d+ known, 2 gone\./);
  expect([kept.code, kept.lastLine]).toEqual([0, expect.stringMatching(/^pass: .*of the baseline do not count\.$/)]);

  const brought = await run('scan', more, '--baseline', 'before.json', '--format', 'json');
  expect([brought.code, brought.lastLine]).toEqual([1, expect.stringContaining(' in redis 7.2.4')]);
  const states = JSON.parse(brought.stdout).findings.map((one: { installed: string; baseline: string }) =>
    [one.installed, one.baseline].join(' '),
  );
  expect(new Set(states)).toEqual(new Set(['8.0.2 known', '7.2.4 new']));
});

test('two targets are compared, and two results', async () => {
  const [old, now] = [archive('old', [redis('8.0.3')]), archive('now', [redis('8.0.2')])];
  expect((await run('diff', old, old)).code).toBe(0);
  const more = await run('diff', old, now);
  expect([more.code, more.lastLine]).toEqual([1, 'fail: 2 new, 0 worse.']);
  await run('scan', old, '--format', 'json', '--output', 'old.json');
  const better = await run('diff', now, 'old.json');
  expect([better.code, better.stdout]).toEqual([0, expect.stringContaining('2 gone')]);
});

test('a console judges by its own policies, so that a baseline is refused', async () => {
  const words = ['--baseline', 'old.json', '--console', 'https://seawall.example', '--token', 'x'];
  const { code, stderr } = await runSeawall(['scan', 'dir:/', ...words]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--baseline does not go with a console')]);
});
