import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fullDatabase } from './full-database.ts';
import { freePort } from './make-scan.ts';
import { makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { runSeawall } from './seawall.ts';

const state = makeStateFolder();
const closing: (() => void)[] = [];
let key = '';
let database = '';

interface Told {
  readonly code: number | undefined;
  readonly of: (
    probe: string,
  ) => { readonly state: string; readonly weight?: string; readonly words: string } | undefined;
}

/** What `seawall doctor` says of a machine that has nothing but what is named. */
async function doctor(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Told> {
  const around = { SEAWALL_STATE: state.folder, SEAWALL_DB: database, DOCKER_HOST: 'unix:///nowhere.sock', ...env };
  const run = await runSeawall(['doctor', ...words, '--format', 'json'], { env: around });
  expect(run.stderr).toBe('');
  const { exit, probes } = JSON.parse(run.stdout);
  expect(run.code).toBe(exit);
  return { code: run.code, of: (id) => probes.find((one: { id: string }) => one.id === id) };
}

const broken = { state: 'problem', weight: 'stops' };
const weak = { state: 'problem', weight: 'weakens' };

beforeAll(async () => {
  const full = await fullDatabase();
  [database, key] = [full.path, join(dirname(full.path), 'keys/database.pub')];
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
});
afterAll(() => state.remove());

/** Listens until the test is over. */
async function listen<S extends Server | TcpServer>(server: S, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return (server.address() as { port: number }).port;
}

/** A folder whose PostgreSQL tells this version, and does nothing else. */
function programsSaying(version: string): string {
  const folder = join(state.folder, 'programs');
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin/postgres'), `#!/bin/sh\necho "postgres (PostgreSQL) ${version}"\n`, { mode: 0o755 });
  return folder;
}

describe('seawall doctor', { timeout: 300_000 }, () => {
  test('on a laptop finds what keeps scans from judging, and a folder that is none', async () => {
    const told = await doctor([], { SEAWALL_DB: join(state.folder, 'none.db') });
    expect(told.code).toBe(1);
    expect(told.of('vulnerability-database')).toMatchObject(broken);
    expect(told.of('engine')).toMatchObject({ state: 'fine' });
    expect(told.of('gate')).toBeUndefined();
    const file = join(state.folder, 'file');
    writeFileSync(file, 'no database');
    expect((await doctor([], { SEAWALL_DB: file })).of('vulnerability-database')).toMatchObject(broken);
    expect((await doctor([])).of('vulnerability-database')?.words).toContain('not trusted here');
    expect((await doctor(['--db-key', key])).of('vulnerability-database')?.weight).not.toBe('stops');
    expect((await doctor([], { SEAWALL_STATE: file })).of('state-folder')).toMatchObject(broken);
    rmSync(file);
  });

  test('sees a folder that others may write, proxies that catch this machine, and a socket that nobody serves', async () => {
    const open = join(state.folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    const socket = join(state.folder, 'dead.sock');
    const dead = createTcpServer();
    await new Promise<void>((resolve) => dead.listen(socket, resolve));
    renameSync(socket, `${socket}.kept`);
    await new Promise((resolve) => dead.close(resolve));
    const told = await doctor(['agent'], {
      SEAWALL_STATE: open,
      HTTP_PROXY: 'http://user:hidden@127.0.0.1:1',
      NODE_USE_ENV_PROXY: '1',
      DOCKER_HOST: `unix://${socket}.kept`,
    });
    expect(told.of('state-folder')).toMatchObject(weak);
    expect(told.of('proxy')).toMatchObject(broken);
    expect(JSON.stringify(told.of('proxy'))).not.toContain('hidden');
    expect(told.of('engine')).toMatchObject({ ...broken, words: expect.stringContaining('nothing listens there') });
    expect(told.of('identity')).toMatchObject(broken);
    rmSync(open, { recursive: true });
  });

  test('before the first start of a console names who has its port', async () => {
    const port = await listen(createTcpServer());
    const words = ['console', '--port', String(port), '--link-port', String(await freePort())];
    const told = await doctor(words);
    expect(told.of('ports')).toMatchObject({ ...broken, words: expect.stringContaining(`(process ${process.pid})`) });
    expect(told.of('master-key')).toMatchObject({ state: 'fine' });
  });

  test('asks a console that is away, and one that is another program', async () => {
    const away = await doctor(['--console', `http://127.0.0.1:${await freePort()}`]);
    expect(away.of('console')).toMatchObject({ ...broken, words: expect.stringContaining('ECONNREFUSED') });
    const port = await listen(createServer((_, reply) => reply.end('{}')));
    const url = `http://127.0.0.1:${port}`;
    expect((await doctor(['--console', `${url}/`, '--token', 'x'])).of('token')).toMatchObject({ state: 'unknown' });
    const none = await listen(createServer((_, reply) => void reply.writeHead(404).end()));
    expect((await doctor(['--console', `http://127.0.0.1:${none}`])).of('console')).toMatchObject(broken);
  });

  describe('where a console is', () => {
    let console: RealConsole;

    beforeAll(async () => {
      console = await startConsole({ state: state.folder });
    });

    test('finds nothing while it works, takes its token and no other', async () => {
      const token = await newToken(state.folder, 'doctor', 'ci');
      const told = await doctor(['--token', token, '--db-key', key]);
      for (const probe of ['ports', 'postgres-folder', 'database', 'master-key', 'console', 'token', 'clock'])
        expect.soft(told.of(probe), probe).toMatchObject({ state: 'fine' });
      expect((await doctor(['--token', `${token}x`])).of('token')).toMatchObject(broken);
    });

    test('compares clocks', async () => {
      // The console's own answers, through a way that says another date.
      const port = await listen(
        createServer(async ({ url = '' }, reply) => {
          const answer = await fetch(`${console.origin}${url}`);
          const date = new Date(Date.now() - 600_000).toUTCString();
          reply.writeHead(answer.status, { date, 'content-type': 'application/json' }).end(await answer.text());
        }),
      );
      const told = await doctor(['--console', `http://127.0.0.1:${port}`]);
      expect(told.of('console')).toMatchObject({ state: 'fine' });
      expect(told.of('clock')).toMatchObject({ ...broken, words: expect.stringContaining('ahead of') });
    });

    test('asks a PostgreSQL of your own, and none for longer than it may take', async () => {
      const socket = encodeURIComponent(join(state.folder, 'postgres/run'));
      const own = { SEAWALL_DATABASE_URL: `postgresql://seawall:hidden@${socket}/seawall` };
      expect((await doctor([], own)).of('database')).toMatchObject({ state: 'fine' });
      const wrong = await doctor([], { SEAWALL_DATABASE_URL: `postgresql://seawall:hidden@${socket}/other` });
      expect(wrong.of('database')).toMatchObject({ ...broken, words: expect.stringContaining('does not exist') });
      expect(JSON.stringify(wrong.of('database'))).not.toContain('hidden');
      const held = new Set<ReturnType<typeof connect>>();
      const port = await listen(createTcpServer((one) => void held.add(one)));
      const silent = await doctor([], { SEAWALL_DATABASE_URL: `postgresql://seawall@127.0.0.1:${port}/seawall` });
      expect(silent.of('database')).toMatchObject(broken);
      expect(silent.of('master-key')).toMatchObject({ state: 'fine' });
      for (const one of held) one.destroy();
    });

    test('says that it was killed, and what is in the way of its next start', async () => {
      await console.end('SIGKILL');
      expect((await doctor([])).of('console')).toMatchObject({ ...broken, words: expect.stringContaining('killed') });
      const file = join(state.folder, 'keys/master.key');
      chmodSync(file, 0o644);
      expect((await doctor([])).of('master-key')).toMatchObject(broken);
      renameSync(file, `${file}.away`);
      expect((await doctor([])).of('master-key')?.words).toContain('only it opens');
      renameSync(`${file}.away`, file);
      chmodSync(file, 0o600);
      const data = join(state.folder, 'postgres/data-18');
      chmodSync(data, 0o755);
      expect((await doctor([])).of('postgres-folder')).toMatchObject(broken);
      chmodSync(data, 0o700);
      renameSync(data, join(state.folder, 'postgres/data-17'));
      expect((await doctor([])).of('postgres-folder')?.words).toContain('PostgreSQL 17');
      const debian = { SEAWALL_POSTGRES: programsSaying('17.12 (Debian 17.12-0+deb13u1)') };
      expect((await doctor([], debian)).of('postgres-folder')).toMatchObject({ state: 'fine' });
      renameSync(file, `${file}.away`);
      expect((await doctor([], debian)).of('master-key')?.words).toContain('only it opens');
      renameSync(`${file}.away`, file);
      renameSync(join(state.folder, 'postgres/data-17'), data);
      await (await startConsole({ state: state.folder })).end('SIGTERM');
      const ended = await doctor(['--db-key', key]);
      expect(ended.of('console')).toMatchObject({ state: 'fine' });
      expect(ended.of('postgres-folder')).toMatchObject({ state: 'fine' });
    });
  });

  test('refuses a part that is none', async () => {
    const run = await runSeawall(['doctor', 'engine'], { env: { SEAWALL_STATE: state.folder } });
    expect(run).toMatchObject({ code: 2, lastLine: expect.stringContaining('Parts are cli, console, agent') });
  });
});
