import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPrivateHost, type PrivateHost } from '../../../../test/make/private-host.ts';
import { laterRuncPackage } from '../../../../test/make/runc-package.ts';
import { builtWrapper } from '../../../../test/make/wrapper.ts';

const seawall = join(import.meta.dirname, '../../../../bin/seawall');
const bundle = join(import.meta.dirname, '../../../../dist/cli/seawall.js');
const runc = '/usr/sbin/runc';
const real = '/usr/sbin/runc.seawall-real';
const settings = '/etc/docker/daemon.json';
const strange = '{"features" : {\n\t"containerd-snapshotter":false }\n  ,"debug":true}';

describe('a gate', { timeout: 120_000 }, () => {
  let host: PrivateHost;
  let before: readonly string[];

  beforeEach(async () => {
    host = await openPrivateHost();
    mkdirSync(host.place('/etc/docker'), { recursive: true });
    writeFileSync(host.place(settings), strange, { mode: 0o640 });
    utimesSync(host.place(settings), 1_700_000_000, 1_700_000_000);
    before = host.differences();
  });
  afterEach(() => host.close());

  const gate = (...words: readonly string[]) =>
    host.run(seawall, ['gate', ...words], { env: { SEAWALL_STATE: undefined } });
  const install = (...words: readonly string[]) => gate('install', '--wrapper', builtWrapper(), ...words);
  const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
  const isUndone = () =>
    expect(host.differences().filter((line) => !line.startsWith('/var/lib/seawall'))).toEqual(before);

  test('takes the place of the runtime, and gives it back as it was', async () => {
    expect(await install()).toMatchObject({ code: 0, stderr: '' });
    expect(hash(host.place(runc))).toBe(hash(builtWrapper()));
    expect(hash(host.place(real))).toBe(hash(runc));
    expect((await host.must('dpkg-divert', ['--list', runc])).trim()).toContain(
      `local diversion of ${runc} to ${real}`,
    );
    expect(await host.must('runc', ['--version'])).toContain('runc version');
    const status = await gate('status', '--format', 'json');
    expect(JSON.parse(status.stdout)).toMatchObject({ wrapper: 'installed', place: runc, runtime: real });
    expect(await install()).toMatchObject({ code: 0 });
    expect(await gate('remove')).toMatchObject({ code: 0 });
    isUndone();
    expect(await host.must('dpkg', ['--verify', 'runc'])).toBe('');
    expect(await gate('status')).toMatchObject({ code: 1, stdout: expect.stringMatching(/^Wrapper +absent/) });
  });

  test('killed at any moment, goes on at the next run, and back', async () => {
    let interrupted = 0;
    for (let round = 0; round < 20; round += 1) {
      const words = ['gate', ...(round % 2 === 0 ? ['install', '--wrapper', builtWrapper()] : ['remove'])];
      const child = host.spawn(process.execPath, [bundle, ...words], { stdio: 'ignore' });
      await killAfter(child, { host, writes: 1 + (Math.floor(round / 2) % 5), turns: round });
      interrupted += stateOf(host) === 'installing' || stateOf(host) === 'removing' ? 1 : 0;
      expect(await host.must('runc', ['--version']), `round ${round}`).toContain('runc version');
    }
    expect(interrupted).toBeGreaterThan(4);
    expect(await install()).toMatchObject({ code: 0 });
    expect(JSON.parse((await gate('status', '--format', 'json')).stdout)).toMatchObject({ wrapper: 'installed' });
    expect(await gate('remove')).toMatchObject({ code: 0 });
    isUndone();
  });

  test('lets the package be upgraded beneath it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seawall-deb-'));
    try {
      const deb = laterRuncPackage(folder, 'later');
      await install();
      await host.must('dpkg', ['-i', deb]);
      expect(hash(host.place(runc))).toBe(hash(builtWrapper()));
      expect(statSync(host.place(real)).size).toBe(statSync(runc).size + 5);
      expect(await host.must('runc', ['--version'])).toContain('runc version');
      expect(JSON.parse((await gate('status', '--format', 'json')).stdout)).toMatchObject({ wrapper: 'installed' });
      expect(await gate('remove')).toMatchObject({ code: 0 });
      expect(statSync(host.place(runc)).size).toBe(statSync(runc).size + 5);
      expect(existsSync(host.place(real))).toBe(false);
      expect(await host.must('dpkg', ['--verify', 'runc'])).toBe('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('leaves alone what somebody else put in its place', async () => {
    await install();
    await host.must('sh', ['-c', `rm ${runc} && printf '#!/bin/sh\\n' > ${runc} && chmod 755 ${runc}`]);
    expect(JSON.parse((await gate('status', '--format', 'json')).stdout)).toMatchObject({
      wrapper: 'broken',
      problems: expect.arrayContaining([expect.stringContaining(`${runc} is not the wrapper`)]),
    });
    const removal = await gate('remove');
    expect(removal.code).toBe(2);
    expect(removal.stderr).toContain('[gate-changed]');
    expect(removal.stderr).toContain(runc);
    rmSync(host.place(runc));
    expect(await gate('remove')).toMatchObject({ code: 0 });
    isUndone();
  });

  test('beside the runtime, edits the engine’s settings as their author wrote them', async () => {
    expect(await install('--no-divert')).toMatchObject({ code: 0 });
    expect(readFileSync(host.place(settings), 'utf8')).toBe(
      '{"features" : {\n\t"containerd-snapshotter":false }\n  ,"debug":true,"runtimes": {"io.containerd.runc.v2": {"path": "/var/lib/seawall/gate/seawall-runc"}},"default-runtime": "io.containerd.runc.v2"}',
    );
    expect(JSON.parse((await gate('status', '--format', 'json')).stdout)).toMatchObject({ wrapper: 'partial' });
    const ours = readFileSync(host.place(settings), 'utf8');
    writeFileSync(host.place(settings), ours.replace('true', 'false'));
    expect((await gate('remove')).stderr).toContain(`${settings} was changed since`);
    writeFileSync(host.place(settings), ours);
    chmodSync(host.place(settings), 0o640);
    expect(await gate('remove')).toMatchObject({ code: 0 });
    isUndone();
  });

  test('asks the agent about requests only where one is a service of the host', async () => {
    const refused = await install('--authorization');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('No agent works with the state in /var/lib/seawall/agent/default');
    expect(host.differences().filter((line) => !line.startsWith('/var/lib/seawall'))).toEqual(before);
  });

  test('does not let the engine ask at a socket that a dead program left behind', async () => {
    const socket = '/run/docker/plugins/seawall.sock';
    const state = host.place('/var/lib/seawall/agent/default');
    for (const folder of [dirname(host.place(socket)), state]) mkdirSync(folder, { recursive: true });
    const agent = host.spawn('sleep', ['infinity'], { stdio: 'ignore' });
    try {
      const stat = readFileSync(`/proc/${agent.pid}/stat`, 'utf8');
      const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
      writeFileSync(join(state, 'agent.lock'), JSON.stringify({ pid: agent.pid, start }));
      const dying = `require('net').createServer().listen('${socket}', () => process.kill(process.pid, 'SIGKILL'))`;
      await host.run(process.execPath, ['-e', dying]);
      expect(existsSync(host.place(socket))).toBe(true);
      const refused = await install('--authorization');
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`Nothing listens at ${socket}`) });
      isUndone();
    } finally {
      agent.kill('SIGKILL');
    }
  });
});

function stateOf(host: PrivateHost): unknown {
  const record = host.place('/var/lib/seawall/gate/install.json');
  return existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')).state : undefined;
}

interface Moment {
  readonly host: PrivateHost;
  /** Of the record since the start. */
  readonly writes: number;
  /** Turns of the event loop after the last of them. */
  readonly turns: number;
}

async function killAfter(child: ChildProcess, { host, writes, turns }: Moment): Promise<void> {
  const ended = once(child, 'exit');
  const inode = () => statSync(host.place('/var/lib/seawall/gate/install.json'), { throwIfNoEntry: false })?.ino;
  let seen = 0;
  for (let last = inode(); seen < writes && child.exitCode === null; await immediate()) {
    const now = inode();
    if (now !== last) seen += 1;
    last = now;
  }
  for (let turn = 0; turn < turns; turn += 1) await immediate();
  child.kill('SIGKILL');
  await ended;
}
