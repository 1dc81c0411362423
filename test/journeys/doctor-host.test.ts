import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '#http/index.ts';
import { createJoinToken, listAgents, revokeAgent } from '#link/contract.ts';
import { startTestEngine, type TestEngine } from '../make/docker.ts';
import { freePort } from './make-scan.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { repository } from './seawall.ts';

const [console, other] = [makeStateFolder(), makeStateFolder()];
const folder = mkdtempSync(join(tmpdir(), 'seawall-host-'));
const instance = `doctor-${process.pid}`;
const sensorProgram = join(repository, 'native/build/seawall-sensor');
const env = { ...process.env, SEAWALL_STATE: folder };
let engine: TestEngine;
let linkPort: number;
let running: RealConsole;
let agent: ChildProcess | undefined;

interface Told {
  readonly state: string;
  readonly weight?: string;
  readonly words: string;
}

/** What it says of this host, after root did `first` to a mount namespace of its own. */
function doctor(first = ':'): (probe: string) => Told | undefined {
  const words = ['doctor', 'agent', '--instance', instance, '--engine', engine.socket, '--format', 'json'];
  const script = `${first} && exec "$@"`;
  const run = spawnSync('unshare', ['-m', 'sh', '-c', script, 'sh', join(repository, 'bin/seawall'), ...words], {
    encoding: 'utf8',
    env,
  });
  expect(run.stderr).toBe('');
  const { probes } = JSON.parse(run.stdout);
  return (id) => probes.find((one: { id: string }) => one.id === id);
}

const broken = { state: 'problem', weight: 'stops' };
const weak = { state: 'problem', weight: 'weakens' };
const fine = { state: 'fine' };

beforeAll(async () => {
  engine = await startTestEngine({ store: 'docker', driver: 'overlay2' });
  linkPort = await freePort();
  running = await startConsole({ state: console.folder, linkPort });
}, 120_000);
afterAll(async () => {
  agent?.kill('SIGTERM');
  if (sensorProcess() > 0) process.kill(sensorProcess());
  spawnSync(sensorProgram, ['--instance', instance, '--remove']);
  await engine.stop();
  await running.end('SIGTERM');
  for (const state of [console, other]) state.remove();
  for (const path of [folder, join('/run/seawall', instance)]) rmSync(path, { recursive: true, force: true });
});

async function startAgent(token: string): Promise<void> {
  const words = ['--console', `https://127.0.0.1:${linkPort}`, '--engine', engine.socket, '--instance', instance];
  const child = spawn(join(repository, 'bin/seawall'), ['agent', ...words, '--no-gates'], {
    env: { ...env, SEAWALL_TOKEN: token },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  agent = child;
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  for (let tries = 0; !/sensor works/i.test(said); tries += 1) {
    if (tries > 600 || child.exitCode !== null) throw new Error(said);
    await wait(100);
  }
}

/** The sensor that the agent started. */
function sensorProcess(): number {
  return Number(spawnSync('pgrep', ['-f', `^${sensorProgram} --instance ${instance} `], { encoding: 'utf8' }).stdout);
}

/** Where control groups v2 are mounted. */
function cgroup2(): string {
  const lines = readFileSync('/proc/mounts', 'utf8').split('\n');
  return lines.map((line) => line.split(' ')).find(([, , type]) => type === 'cgroup2')?.[1] ?? '';
}

describe('seawall doctor on a host', { timeout: 240_000 }, () => {
  test('names each thing that the kernel lacks', () => {
    const good = doctor();
    for (const probe of ['kernel', 'btf', 'bpffs', 'cgroup2']) expect.soft(good(probe), probe).toMatchObject(fine);
    expect(doctor('mount -t tmpfs none /sys/kernel/btf')('btf')).toMatchObject(broken);
    expect(doctor('umount -l /sys/fs/bpf')('bpffs')).toMatchObject(broken);
    expect(doctor(`umount -l ${cgroup2()}`)('cgroup2')).toMatchObject(broken);
    expect(doctor('mount -t tmpfs none /proc/sys/fs')('fanotify')).toMatchObject(weak);
    const lsm = (names: string) =>
      doctor(`mount -t tmpfs none /sys/kernel/security && printf ${names} > /sys/kernel/security/lsm`)('lsm-bpf');
    expect(lsm('capability,yama')).toMatchObject(weak);
    expect(lsm('capability,bpf')).toMatchObject(fine);
  });

  test('looks at the engine, its settings and its disk', async () => {
    const told = doctor();
    expect(told('engine')).toMatchObject(fine);
    expect(told('live-restore')).toMatchObject(weak);
    expect(doctor(`mount -t tmpfs -o size=64m none ${engine.root}`)('engine-disk')).toMatchObject(broken);
    await engine.reload({ 'live-restore': true });
    await expect.poll(() => doctor()('live-restore')?.state, { timeout: 20_000 }).toBe('fine');
    expect(told('identity')).toMatchObject(broken);
    expect(told('gate')).toMatchObject(fine);
  });

  test('follows an agent and its sensor from the first start to the end', async () => {
    const token = await newToken(console.folder, 'doctor', 'administrator');
    const body = { name: 'doctor', environments: ['test'] };
    const { secret } = await call(createJoinToken, { body }, { baseUrl: running.origin, token });
    await startAgent(secret);
    const told = doctor();
    for (const probe of ['identity', 'authority', 'agent', 'sensor', 'clock'])
      expect.soft(told(probe), probe).toMatchObject(fine);

    agent?.kill('SIGKILL');
    if (agent !== undefined) await once(agent, 'exit');
    expect(doctor()('agent')).toMatchObject({ ...broken, words: expect.stringContaining('killed') });
    expect(doctor()('sensor')).toMatchObject({ ...weak, words: expect.stringContaining('goes on') });
    process.kill(sensorProcess());
    await expect.poll(() => doctor()('sensor')?.words, { timeout: 20_000 }).toContain('an agent starts it');

    const { agents } = await call(listAgents, {}, { baseUrl: running.origin, token });
    for (const { id } of agents) await call(revokeAgent, { params: { id } }, { baseUrl: running.origin, token });
    expect(doctor()('authority')).toMatchObject({ ...broken, words: expect.stringContaining('revoked') });
  });

  test('knows the console that the agent joined from another one', async () => {
    await running.end('SIGTERM');
    expect(doctor()('authority')).toMatchObject({ ...broken, words: expect.stringContaining('ECONNREFUSED') });
    running = await startConsole({ state: other.folder, linkPort, env: environmentOf(other.folder) as never });
    expect(doctor()('authority')).toMatchObject({ ...broken, words: expect.stringContaining('does not prove') });
  });
});
