import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLog } from '#base/index.ts';
import { dataFolderOf, majorsIn } from './folders.ts';
import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from './server.ts';

let folder: string;
const servers: EmbeddedServer[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seawall-programs-'));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedServer> {
  const server = await startEmbedded({ folder, durability: 'none', log: silentLog, ...options });
  servers.push(server);
  return server;
}

async function setting(server: EmbeddedServer, name: string): Promise<unknown> {
  const client = new pg.Client(server.address);
  await client.connect();
  const { rows } = await client.query(`show ${name}`).finally(() => client.end());
  return Object.values(rows[0] ?? {})[0];
}

it('starts the programs of a folder that is named, which need no shared memory below /dev/shm', async () => {
  const usual = await start();
  expect(await setting(usual, 'dynamic_shared_memory_type')).toBe('posix');
  await usual.stop();
  const [name = ''] = (await readdir(join(folder, 'postgres'))).filter((one) => one.startsWith('server-'));
  const named = await start({ programs: join(folder, 'postgres', name) });
  expect(await setting(named, 'dynamic_shared_memory_type')).toBe('sysv');
});

it('says what is wrong with a folder that has no programs', async () => {
  await expect(start({ programs: folder })).rejects.toMatchObject({
    code: 'store-unavailable',
    message: `${folder}/bin/postgres does not tell its version.`,
    next: expect.stringContaining('SEAWALL_POSTGRES'),
  });
});

it('makes no new database beside one of another major version', async () => {
  await mkdir(dataFolderOf(folder, 16), { recursive: true });
  await expect(start()).rejects.toMatchObject({
    code: 'store-unavailable',
    message: `${folder} holds data of PostgreSQL 16, and this Seawall brings 18.`,
    next: expect.stringMatching(/seawall backup .*seawall restore/),
  });
  expect(await majorsIn(folder)).toEqual([16]);
});

it('opens its own data where that of another major version was left', async () => {
  await (await start()).stop();
  await mkdir(dataFolderOf(folder, 17), { recursive: true });
  expect(await setting(await start(), 'server_version')).toMatch(/^18/);
  expect(await majorsIn(folder)).toEqual([17, 18]);
});
