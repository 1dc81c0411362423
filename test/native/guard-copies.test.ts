import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestEngine, startableStores, startTestEngine } from '../make/docker.ts';
import { buildGuardTry, type GuardTry, startFaultyGuardTry } from './guard-try.ts';
import { hasPrograms, programsImage } from './programs.ts';

const canRun = startableStores().length > 0 && hasPrograms() && buildGuardTry();
const folder = mkdtempSync(join(tmpdir(), 'seawall-copies-'));
const fault = join(folder, 'fault');
const refused = 'Operation not permitted';

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.runIf(canRun).each(startableStores())('copies of the image’s own files, in the %s store', (store) => {
  let engine: TestEngine;
  let guard: GuardTry;

  const docker = (...words: readonly string[]) =>
    execFileSync('docker', ['--host', `unix://${engine.socket}`, ...words], { encoding: 'utf8' }).trim();
  /** Commits what a shell's words do in a container. */
  const layer = (from: string, to: string, words: string) => {
    docker('run', '--name', 'made', '--network', 'none', from, '/bin/sh', '-c', words);
    docker('commit', 'made', to);
    docker('rm', 'made');
  };
  const inside = (script: string) => {
    const words = ['--host', `unix://${engine.socket}`, 'exec', 'copying', '/bin/sh', '-c', script];
    const { stdout, stderr } = spawnSync('docker', words, { encoding: 'utf8' });
    return stdout + stderr;
  };

  beforeAll(async () => {
    writeFileSync(fault, '');
    engine = await startTestEngine({ store, driver: 'overlay2' });
    await engine.load(programsImage('programs:1').bytes);
    layer('programs:1', 'programs:2', 'cp /usr/bin/ls /kept; cp /usr/bin/ls /usr/bin/gone; mkdir /d; cp /kept /d/ls');
    layer('programs:2', 'programs:3', 'rm /usr/bin/gone; rm -r /d; mkdir /d');
    guard = await startFaultyGuardTry(fault, 'prevent', '200');
  }, 60_000);
  beforeEach(async () => {
    docker('run', '-d', '--name', 'copying', '--network', 'none', 'programs:3', '/bin/sleep', '9999');
    await guard.send(`mark /proc/${docker('inspect', '--format', '{{.State.Pid}}', 'copying')}/root 1`);
    guard.forgetEvents();
    return async () => {
      writeFileSync(fault, '');
      await guard.send('unmark 1');
      docker('rm', '-f', 'copying');
    };
  });
  afterAll(async () => {
    await guard?.stop();
    await engine?.stop();
  });

  it.each([
    ['a program', 'chmod 755 /usr/bin/ls', '/usr/bin/ls /app'],
    ['a program and its libraries', 'chmod 755 /usr/bin/ls /lib/x86_64-linux-gnu/* /lib64/*', '/usr/bin/ls /app'],
    ['a script', 'chmod 755 /app/main.pl', 'ls /app/main.pl && perl /app/main.pl && echo main.pl'],
    ['a file that was written anew with the same content', 'cp /usr/bin/ls /x; mv /x /usr/bin/ls', '/usr/bin/ls /app'],
  ])('lets run %s', (_, before, words) => {
    expect(inside(`${before}; ${words}; ${words}`)).toMatch(/main\.pl[^]*main\.pl/u);
    expect(guard.events).toEqual([]);
  });

  it.each([
    ['one in another folder', 'cp /usr/bin/ls /tmp/ls; /tmp/ls /app'],
    ['one that is longer', 'printf x >>/usr/bin/ls; /usr/bin/ls /app'],
    ['one with another byte', 'printf x | dd of=/usr/bin/ls bs=1 seek=70000 conv=notrunc; /usr/bin/ls /app'],
    ['one that a later layer removed', 'cp /kept /usr/bin/gone; /usr/bin/gone /app'],
    ['one of a folder that a later layer replaced', 'cp /kept /d/ls; /d/ls /app'],
    ['one under another name', 'mv /usr/bin/ls /usr/bin/l; /usr/bin/l /app'],
    ['one behind a link to its folder', 'mkdir /d; mv /usr/bin /d/b; /d/b/ls /app'],
    ['a script with another letter', `printf 'P' | dd of=/app/main.pl bs=1 conv=notrunc; perl /app/main.pl`],
  ])('refuses %s', (_, words) => {
    expect(inside(words)).toContain(refused);
  });

  it('refuses after half a second what takes longer, says so, and knows it soon', async () => {
    inside('chmod 755 /usr/bin/ls');
    writeFileSync(fault, 'slow');
    const started = performance.now();
    expect(inside('/usr/bin/ls /app')).toContain(refused);
    expect(performance.now() - started).toBeGreaterThan(450);
    expect(performance.now() - started).toBeLessThan(1500);
    expect(await guard.event(({ kind, late }) => kind === 1 && late === 1)).toMatchObject({ verdict: 2 });
    await expect.poll(() => inside('/usr/bin/ls /app'), { timeout: 10_000, interval: 300 }).toContain('main.pl');
  });
});
