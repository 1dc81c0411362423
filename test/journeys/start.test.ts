import { once } from 'node:events';
import { createServer } from 'node:net';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { listImages } from '#explorer/contract.ts';
import { call } from '#http/index.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, readLog, startConsole } from './real-console.ts';
import { vulnerableImage } from './sample-estate.ts';
import { runSeawall } from './seawall.ts';

const nowhere = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
const state = makeStateFolder();
const demo = vulnerableImage(state.folder, 'storm-surge/demo:1.0').archive;
let seawall: RealConsole | undefined;

afterEach(async () => {
  await seawall?.end('SIGINT');
  seawall = undefined;
});

afterAll(() => state.remove());

describe('starting a console', () => {
  test('prints a link, scans what it is told to, and Ctrl-C ends all of it', async () => {
    seawall = await startConsole({
      state: state.folder,
      words: ['--no-local-scan', '--scan', `archive:${demo}`],
      env: nowhere,
    });
    const token = await newToken(state.folder, 'reader', 'developer');
    await expect.poll(() => imageNames(token), { timeout: 30_000 }).toContain('storm-surge/demo:1.0');
    expect(await seawall.end('SIGINT')).toBe(0);
    seawall = undefined;
    expect(existsSync(join(state.folder, 'console.json'))).toBe(false);
  });

  test('prints no link that a log would keep, once somebody has a password', async () => {
    const own = makeStateFolder();
    try {
      seawall = await startConsole({ state: own.folder });
      const enter = async (body: object, cookie = '') =>
        await fetch(`${seawall?.origin}/api/v1/session${cookie && '/password'}`, {
          method: cookie === '' ? 'POST' : 'PUT',
          headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', cookie },
          body: JSON.stringify(body),
        });
      const entered = await enter({ by: 'link', secret: new URL(seawall.link).hash.slice(1) });
      const cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      expect((await enter({ password: 'the harbour is full of fog' }, cookie)).status).toBe(200);
      await seawall.end('SIGTERM');
      seawall = await startConsole({ state: own.folder });
      expect(seawall.said()).toContain('console --sign-in-link');
      expect(seawall.said() + readLog(own.folder)).not.toContain('sign-in#');
      const again = await enter({ by: 'password', name: 'admin', password: 'the harbour is full of fog' });
      expect(again.status).toBe(200);
    } finally {
      await seawall?.end('SIGTERM');
      seawall = undefined;
      own.remove();
    }
  });

  test('without an engine says so, and scans the file system of the host', async () => {
    seawall = await startConsole({ state: state.folder, words: [], env: nowhere });
    const console = seawall;
    await expect
      .poll(() => console.said(), { timeout: 20_000 })
      .toMatch(/no Docker engine \(.*\); scanning the file system of this host instead/);
  });

  test('without feeds and network says exactly that, with the next command, and goes on', async () => {
    seawall = await startConsole({ state: state.folder, env: { SEAWALL_FEEDS: join(state.folder, 'no-feeds') } });
    const console = seawall;
    await expect
      .poll(() => console.said(), { timeout: 20_000 })
      .toMatch(/Vulnerability database: The feed folder .* cannot be read.* SEAWALL_FEEDS/);
    expect((await fetch(`${console.origin}/`)).status).toBe(200);
  });
});

describe('trouble has one sentence and the next command', () => {
  test('a second start', async () => {
    seawall = await startConsole({ state: state.folder });
    const second = await runSeawall(['console', '--port', '0'], { env: environmentOf(state.folder) });
    expect([second.code, second.lastLine]).toEqual([
      2,
      expect.stringMatching(/already runs on http:.* \[already-running\]$/),
    ]);
    expect(second.stderr).toContain('seawall console --sign-in-link');
  });

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const run = await runSeawall(['console', '--port', String(port), '--no-local-scan'], {
      env: environmentOf(state.folder),
    });
    other.close();
    expect([run.code, run.lastLine]).toEqual([
      2,
      expect.stringMatching(/Another program listens on port \d+.* \[port-in-use\]$/),
    ]);
    expect(run.stderr).toContain('--port');
  });

  test('a port of agents that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const words = ['console', '--port', '0', '--link-port', String(port), '--no-local-scan'];
    const run = await runSeawall(words, { env: environmentOf(state.folder) });
    other.close();
    expect([run.code, run.lastLine]).toEqual([2, expect.stringContaining('[port-in-use]')]);
    expect(run.stderr).toContain('--link-port');
  });

  test('a lost link, with no console and with one', async () => {
    const none = await runSeawall(['console', '--sign-in-link'], { env: environmentOf(state.folder) });
    expect([none.code, none.lastLine]).toEqual([2, expect.stringContaining('[console-not-running]')]);
    expect(none.stderr).toContain('npm start');
    seawall = await startConsole({ state: state.folder });
    const link = await runSeawall(['console', '--sign-in-link'], { env: environmentOf(state.folder) });
    expect([link.code, link.stdout]).toEqual([0, expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/sign-in#\S+\n$/)]);
  });

  test('a state folder that is in the way', async () => {
    const file = join(state.folder, 'file');
    writeFileSync(file, '');
    const run = await runSeawall(['console', '--no-local-scan'], { env: environmentOf(join(file, 'below')) });
    expect([run.code, run.lastLine]).toEqual([
      2,
      expect.stringMatching(/^seawall: The state folder .* cannot be used.* \[state-unwritable\]$/),
    ]);
  });
});

async function imageNames(token: string): Promise<readonly string[]> {
  const { images } = await call(listImages, { query: {} }, { baseUrl: seawall?.origin ?? '', token });
  return images.flatMap((image) => image.names);
}
