import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createUser, listUsers } from '#access/contract.ts';
import { getHealth } from '#explorer/contract.ts';
import { call } from '#http/index.ts';
import { until } from './browser.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, readLog, startConsole } from './real-console.ts';
import { runSeawall } from './seawall.ts';

/* Disks that are full while a backup is taken, while it is restored, and while a console serves. */

const { folder, remove } = makeStateFolder();
const [state, backups, keyFile] = [join(folder, 'state'), join(folder, 'backups'), join(folder, 'key')];
const [elsewhere, filler, old] = [join(folder, 'elsewhere'), join(backups, 'filler'), join(backups, 'old.backup')];
const [room, tight] = [join(folder, 'room'), join(folder, 'tight')];
/** Too small for PostgreSQL’s programs, and for the data. */
const [smallest, small, large] = ['20m', '100m', '400m'];
let seawall: RealConsole;
let options: { readonly baseUrl: string; readonly token: string };

beforeAll(async () => {
  for (const one of [state, backups, room, tight, elsewhere]) mkdirSync(one, { mode: 0o711 });
  writeFileSync(keyFile, 'a passphrase of the journey', { mode: 0o600 });
  mount(backups, '128k');
  writeFileSync(old, 'of last night');
  fill();
  const env = { SEAWALL_BACKUP_DIR: backups, SEAWALL_BACKUP_KEY_FILE: keyFile };
  seawall = await startConsole({ state, env });
  options = { baseUrl: seawall.origin, token: await newToken(state, 'automat', 'administrator') };
}, 240_000);
afterAll(async () => {
  await seawall?.end('SIGTERM');
  for (const one of [backups, room, tight]) execFileSync('umount', [one], { stdio: 'ignore' });
  remove();
});

function mount(place: string, size: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `mode=711,size=${size}`, 'tmpfs', place]);
}

function resize(size: string): void {
  execFileSync('mount', ['-o', `remount,size=${size}`, room]);
}

function fill(file = filler, bytes = 1024 * 1024): void {
  try {
    writeFileSync(file, Buffer.alloc(bytes));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
}

const standing = async () => (await call(getHealth, {}, options)).backups;
const run = (words: readonly string[], own: string = state) =>
  runSeawall([...words, '--key-file', keyFile], { env: environmentOf(own) as Record<string, string> });
const noRoom = 'no space left on device';

test('a scheduled backup fails and says so; what stood in the folder is as it was', { timeout: 240_000 }, async () => {
  await until(async () => (await standing())?.state === 'failed');
  expect((await standing())?.failed?.reason).toContain(noRoom);
  expect(readdirSync(backups).toSorted()).toEqual(['filler', 'old.backup']);
  expect(readFileSync(old, 'utf8')).toBe('of last night');
});

test('a backup by hand fails there too, and one elsewhere is the last good one', { timeout: 240_000 }, async () => {
  const failed = await run(['backup', '--out', old]);
  expect(failed.code).toBe(2);
  expect(failed.lastLine).toMatch(/cannot be written: ENOSPC: .*\. Make room or choose another place; .* as it was\./);
  expect(readFileSync(old, 'utf8')).toBe('of last night');
  const file = join(elsewhere, 'by-hand.backup');
  expect(await run(['backup', '--out', file])).toMatchObject({ code: 0 });
  expect(await standing()).toMatchObject({ state: 'good', file, bytes: readFileSync(file).length });
});

test('a restore without room says so and can be repeated with more', { timeout: 240_000 }, async () => {
  mount(room, smallest);
  const own = join(room, 'state');
  const words = ['restore', join(elsewhere, 'by-hand.backup')];
  for (const size of [smallest, small]) {
    resize(size);
    const failed = await run(words, own);
    expect(failed.code).toBe(2);
    expect(failed.lastLine).toContain(`There is no room for the restored data in ${own}. Make room there`);
  }
  resize(large);
  expect(await run(words, own)).toMatchObject({ code: 0 });
  expect(readdirSync(join(own, 'postgres')).filter((name) => name.includes('.new'))).toEqual([]);
});

test('a console goes on, refuses what it cannot store, and stores again once there is room', {
  timeout: 240_000,
}, async () => {
  mount(tight, large);
  const own = join(tight, 'state');
  mkdirSync(own, { mode: 0o711 });
  const crowded = await startConsole({ state: own });
  try {
    const admin = { baseUrl: crowded.origin, token: await newToken(own, 'automat', 'administrator') };
    let made = 0;
    const add = async () => await call(createUser, { body: { name: `sailor-${made}`, role: 'auditor' } }, admin);
    fill(join(tight, 'filler'), 400 * 1024 ** 2);
    const failed = (async () => {
      for (;;) {
        await add();
        made += 1;
      }
    })();
    await expect(failed).rejects.toMatchObject({ code: 'store-full', status: 503 });
    expect((await call(listUsers, {}, admin)).users).toHaveLength(made + 1);
    rmSync(join(tight, 'filler'));
    await add();
    expect((await call(listUsers, {}, admin)).users).toHaveLength(made + 2);
    expect(readLog(own)).toContain('No space left on device');
  } finally {
    expect(await crowded.end('SIGTERM')).toBe(0);
  }
});
