import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '#base/index.ts';
import { fact, openStore, type Store, when } from '../index.ts';
import { connect } from '../open.ts';
import { dataFolderOf } from './folders.ts';
import { takeOwnerLock } from './owner-lock.ts';
import { stopOrphan } from './postmaster.ts';
import { type EmbeddedServer, startEmbedded } from './server.ts';

const console = join(import.meta.dirname, '../fixtures/console.ts');
const root = process.getuid?.() === 0;

describe('the embedded server', () => {
  let base: string;
  let folder: string;
  const children: ChildProcess[] = [];
  const servers: EmbeddedServer[] = [];

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'seawall-embedded-'));
    folder = base;
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    await stopOrphan(dataFolderOf(folder));
    await rm(base, { recursive: true, force: true });
  });

  const start = async (): Promise<EmbeddedServer> => {
    const server = await startEmbedded({ folder, durability: 'none', log: silentLog });
    servers.push(server);
    return server;
  };
  const run = async (task: string): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [console, folder, task], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await once(child.stdout, 'data');
    return child;
  };
  const kill = async (child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await pause(5);
  };
  const mark = (name: string): string => {
    const file = join(folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const postmaster = (): number =>
    Number(readFileSync(join(dataFolderOf(folder), 'postmaster.pid'), 'utf8').split('\n')[0]);
  const ask = async (server: EmbeddedServer, statement: string): Promise<unknown> => {
    const client = new pg.Client(server.address);
    await client.connect();
    const { rows } = await client.query(statement).finally(() => client.end());
    return Object.values(rows[0] ?? {})[0];
  };

  it('listens on a socket that only its user enters, with checksums, and on no port', async () => {
    const server = await start();
    expect(await ask(server, 'show data_checksums')).toBe('on');
    expect(await ask(server, 'show listen_addresses')).toBe('');
    expect((await stat(server.address.host ?? '')).mode & 0o777).toBe(0o700);
    expect((await stat(dataFolderOf(folder))).mode & 0o777).toBe(0o700);
  });

  it('runs for root under a number that nobody else has', async () => {
    const server = await start();
    const status = readFileSync(`/proc/${server.pid()}/status`, 'utf8');
    const [, uid, gid] = /Uid:\t(\d+)[^]*Gid:\t(\d+)/.exec(status) ?? [];
    const numbers = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':')[2]);
    expect([Number(uid) > 0, gid === uid, numbers.includes(uid), /Groups:\t\s*\n/.test(status)]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  it('says which folder keeps its user out', async () => {
    await chmod(folder, 0o700);
    const inner = join(folder, 'inner/state');
    const refused = startEmbedded({ folder: inner, durability: 'none', log: silentLog });
    await expect(refused).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining(folder),
    });
  });

  it('works below a path that is too long for a socket', async () => {
    folder = join(folder, 'x'.repeat(100));
    await mkdir(folder, { recursive: true });
    await chmod(base, 0o711);
    expect(await ask(await start(), 'select 1')).toBe(1);
  });

  it('keeps what was stored when it is stopped and started', async () => {
    const server = await start();
    await ask(server, 'create table kept as select 42 as answer');
    await server.stop();
    expect(await ask(await start(), 'select answer from kept')).toBe(42);
  });

  it('is started again when it is killed; pools, jobs and listeners go on', async () => {
    const server = await start();
    const store: Store = await connect({ address: server.address, workers: 'alone' }, [], silentLog);
    const heard: unknown[] = [];
    let resumed = 0;
    const levels: number[] = [];
    const rose = fact<{ readonly level: number }>('tide-rose');
    await store.start([when(rose, 'tide.note', async ({ level }) => void levels.push(level))]);
    await store.listen(
      'tide',
      (message) => heard.push(message),
      () => resumed++,
    );
    const before = server.pid() ?? 0;
    process.kill(before, 'SIGKILL');
    await until(() => resumed === 1 && server.pid() !== before);
    await store.transaction(async (transaction) => {
      await transaction.notify('tide', { level: 3 });
      await transaction.announce(rose, { level: 3 });
    });
    await until(() => heard.length > 0 && levels.length > 0);
    expect([heard, levels]).toEqual([[{ level: 3 }], [3]]);
    await store.close();
  });

  it('can be stopped while it is started again', async () => {
    const server = await start();
    process.kill(server.pid() ?? 0, 'SIGKILL');
    await server.stop();
    expect(existsSync(join(dataFolderOf(folder), 'postmaster.pid')) && existsSync(`/proc/${postmaster()}`)).toBe(false);
    expect(await ask(await start(), 'select 1')).toBe(1);
  });

  it('lets one of two starts win', async () => {
    const [first, second] = await Promise.allSettled([start(), start()]);
    expect([first.status, second.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    expect([first, second].find((one) => one.status === 'rejected')?.reason).toMatchObject({ code: 'already-running' });
  });

  it('refuses a folder that another living program holds, and takes it when that is killed', async () => {
    const child = await run('wait');
    const orphan = postmaster();
    const open = () => openStore({ place: { kind: 'embedded', folder }, schemas: [], log: silentLog });
    await expect(open()).rejects.toMatchObject({ code: 'already-running' });
    await kill(child, 'SIGKILL');
    expect(existsSync(`/proc/${orphan}`)).toBe(true);
    const store = await open();
    expect(postmaster()).not.toBe(orphan);
    await store.close();
  });

  it('stops its server when it ends in order', async () => {
    const child = await run('wait');
    const server = postmaster();
    await kill(child, 'SIGTERM');
    await until(() => !existsSync(`/proc/${server}/exe`));
    expect(existsSync(join(dataFolderOf(folder), 'postmaster.pid'))).toBe(false);
  });

  it('leaves a process alone whose number stands in an old pid file', async () => {
    await (await start()).stop();
    const bystander = spawn('sleep', ['1000'], root ? { uid: (await stat(dataFolderOf(folder))).uid } : {});
    children.push(bystander);
    await writeFile(
      join(dataFolderOf(folder), 'postmaster.pid'),
      `${bystander.pid}\n${dataFolderOf(folder)}\n1\n5432\n`,
    );
    expect(await ask(await start(), 'select 1')).toBe(1);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  });

  it('starts where the lock of its socket names a living process, as after the kill of a container', async () => {
    const server = await start();
    const socket = server.address.host ?? '';
    await server.stop();
    const { uid, gid } = await stat(dataFolderOf(folder));
    const bystander = spawn('sleep', ['1000'], root ? { uid } : {});
    children.push(bystander);
    const lock = join(socket, '.s.PGSQL.5432.lock');
    await mkdir(socket, { mode: 0o700 });
    await writeFile(lock, `${bystander.pid}\n${dataFolderOf(folder)}\n1\n5432\n`);
    if (root) await Promise.all([socket, lock].map((path) => chown(path, uid, gid)));
    expect(await ask(await start(), 'select 1')).toBe(1);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  });

  it('gives its lock back with the process', () => {
    const file = join(folder, 'lock');
    const lock = takeOwnerLock(file);
    expect([lock === undefined, takeOwnerLock(file)]).toEqual([false, undefined]);
    lock?.release();
    takeOwnerLock(file)?.release();
  });

  it('works on a fact that was committed before the console was killed', async () => {
    await kill(await run('commit'), 'SIGKILL');
    await run('work');
    await until(() => mark('done') !== '');
    expect(mark('done')).toBe('7\n');
  });

  it('begins again what the console was killed in the middle of', async () => {
    const child = await run('hang');
    await until(() => mark('begun') !== '');
    await kill(child, 'SIGKILL');
    await run('work');
    await until(() => mark('done') !== '');
    expect(mark('begun')).toBe('7\n7\n');
  });
});
