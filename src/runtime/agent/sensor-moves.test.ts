import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestEngine } from '../../../test/make/docker.ts';
import { docker } from '../../../test/make/program-image.ts';
import { startTestSensor, TestAgent, type TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, image, openSensorWorld, putEffects } from '../../../test/make/sensor-world.ts';
import { moveFlag } from './wire/words.ts';

const hierarchy = /^\S+ (\S+) cgroup2 /mu.exec(readFileSync('/proc/mounts', 'utf8'))?.[1] ?? '';
const invented = 'ab'.repeat(32);
const outside = `seawall-moves-${process.pid}`;
const deep = Array.from({ length: 12 }, (_, level) => level + 1).join('/');

let engine: TestEngine;
let sensor: TestSensor;
let agent: TestAgent;
let imageId: string;
/** Cgroup of the container that moves, of the other one, and their paths in the hierarchy. */
let own: { readonly id: string; readonly cgroup: bigint; readonly path: string };
let other: typeof own;

beforeAll(async () => {
  ({ engine, sensor, agent, imageId } = await openSensorWorld());
  await setPolicy();
  own = await start('moves', '--privileged', '--cgroupns', 'host', '--volume', `${hierarchy}:/cg`);
  other = await start('other');
  mkdirSync(join(hierarchy, outside, deep), { recursive: true });
}, 60_000);

afterAll(async () => {
  await closeSensorWorld({ engine, sensor, agent });
  for (const name of [outside, invented]) remove(join(hierarchy, name));
});

const setPolicy = () => putEffects(agent, imageId, { driftEffect: 'prevent' });

function remove(folder: string): void {
  if (!existsSync(folder)) return;
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of below) remove(join(folder, name));
  rmdirSync(folder);
}

async function start(name: string, ...words: readonly string[]) {
  await docker(engine, 'run', '-d', '--name', name, '--network', 'none', ...words, image, 'sleep', '600');
  const { stdout } = await docker(engine, 'inspect', '--format', '{{.Id}} {{.State.Pid}}', name);
  const [id = '', pid = ''] = stdout.split(' ');
  const { cgroup } = await agent.until('container', (one) => one.id === id);
  const path = /^0::(.*)$/mu.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? '';
  return { id, cgroup, path };
}

const inside = (script: string) => docker(engine, 'exec', 'moves', 'sh', '-c', script);

/** Where a process can be moved to, seen from the root of the hierarchy. */
const places: readonly (readonly [string, () => string])[] = [
  ['the root cgroup', () => '/'],
  ['another container’s', () => other.path],
  ['one whose name is like a container’s', () => `/${invented}`],
  ['one twelve levels deep', () => `/${outside}/${deep}`],
];

describe.each(places)('a process that is moved to %s', (_, place) => {
  test('is told, and stays the container’s with what it starts', async () => {
    const path = place();
    const before = agent.frames.length;
    const script = `[ -d /cg${path} ] || mkdir /cg${path}; echo $$ > /cg${path}/cgroup.procs`;
    const done = await inside(`${script}; cat /proc/self/cgroup; in-memory /bin/ls ls /; echo code $?`);
    expect(done.stdout).toMatch(new RegExp(`^0::${path}$`, 'mu'));
    expect(done.stdout).toMatch(/code 137$/u);
    const since = () => agent.frames.slice(before);
    const reported = await agent.until('exec', (one) => since().includes(one) && one.verdict === 'killed');
    expect(reported).toMatchObject({ cgroup: own.cgroup, origin: 'memory', reason: 'drift', session: 'exec' });
    const move = await agent.until('move', (one) => since().includes(one));
    expect(move).toMatchObject({ cgroup: own.cgroup, path: '/bin/sh', moverPath: '/bin/sh', toPath: path });
    expect(move.pid).toBe(move.mover);
    expect(move.flags).toBe(path === other.path ? moveFlag.container : 0);
    expect(since().filter((one) => one.kind === 'container')).toEqual([]);
  });

  test('by clone3 is told, and stays the container’s', async () => {
    const path = place();
    const before = agent.frames.length;
    const make = `[ -d /cg${path} ] || mkdir /cg${path}`;
    const done = await inside(`${make}; into-cgroup /cg${path} /bin/in-memory /bin/ls ls /; echo code $?`);
    expect(done.stdout).toMatch(/code 137$/u);
    const since = () => agent.frames.slice(before);
    const reported = await agent.until('exec', (one) => since().includes(one) && one.verdict === 'killed');
    expect(reported).toMatchObject({ cgroup: own.cgroup, origin: 'memory', callerPath: '/bin/in-memory' });
    const move = await agent.until('move', (one) => since().includes(one));
    expect(move).toMatchObject({ cgroup: own.cgroup, moverPath: '/bin/into-cgroup', toPath: path });
    expect(move.flags).toBe(moveFlag.born | (path === other.path ? moveFlag.container : 0));
    expect(move.pid).not.toBe(move.mover);
  });
});

describe('what is no move', () => {
  test('a cgroup below the container’s own, however deep', async () => {
    const before = agent.frames.length;
    const folder = `/cg${own.path}/${invented}/${deep}`;
    const move = `mkdir -p ${folder}; echo $$ > ${folder}/cgroup.procs`;
    const done = await inside(`${move}; in-memory /bin/ls ls /; echo code $?; into-cgroup ${folder} /bin/id`);
    expect(done.stdout).toMatch(/code 137\nuid=0/u);
    const since = () => agent.frames.slice(before);
    const reported = await agent.until('exec', (one) => since().includes(one) && one.verdict === 'killed');
    expect(reported.cgroup).toBe(own.cgroup);
    await agent.until('exec', (one) => since().includes(one) && one.path === '/bin/id');
    expect(since().filter(({ kind }) => kind === 'move' || kind === 'container')).toEqual([]);
  });
});

describe('who comes in by namespaces alone', () => {
  test.each([[['--mount']], [['--mount', '--pid']]])('nsenter %j is a session from outside', async (namespaces) => {
    const before = agent.frames.length;
    const { stdout } = await docker(engine, 'inspect', '--format', '{{.State.Pid}}', 'other');
    const words = [...namespaces, '--target', stdout, '/bin/sh', '-c', '/bin/in-memory /bin/ls ls /; exit $?'];
    expect(spawnSync('nsenter', words).status).toBe(137);
    const since = () => agent.frames.slice(before);
    const reported = await agent.until('exec', (one) => since().includes(one) && one.verdict === 'killed');
    expect(reported).toMatchObject({ cgroup: other.cgroup, origin: 'memory', session: 'exec' });
    expect(since().filter(({ kind }) => kind === 'move')).toEqual([]);
  });
});

describe('a container that removes its own cgroup', () => {
  test('is judged on, also by the next sensor, until it ends', async () => {
    const stripped = await start('stripped', '--privileged', '--cgroupns', 'host', '--volume', `${hierarchy}:/cg`);
    const gone = () => agent.of('container').filter((one) => one.cgroup === stripped.cgroup && one.state === 'gone');
    const kills = () => agent.of('exec').filter((one) => one.cgroup === stripped.cgroup && one.verdict === 'killed');
    const out = ['1', '$$'].map((pid) => `echo ${pid} > /cg/cgroup.procs`).join('; ');
    const again = 'while [ ! -e /again ]; do sleep 0.1; done; in-memory /bin/ls ls /; echo code $?';
    const script = `${out}; rmdir /cg${stripped.path} && echo removed; in-memory /bin/ls ls /; echo code $?; touch /once; ${again}`;
    const done = docker(engine, 'exec', 'stripped', 'sh', '-c', script);
    await agent.until('exec', () => kills().length === 1);
    expect(existsSync(join(hierarchy, stripped.path))).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(gone()).toEqual([]);
    agent.close();
    await sensor.kill();
    await sensor.start();
    agent = new TestAgent(sensor.socket);
    await agent.until('container', ({ id }) => id === stripped.id);
    await docker(engine, 'cp', '/dev/null', 'stripped:/again');
    expect((await done).stdout).toBe('removed\ncode 137\ncode 137');
    await agent.until('exec', () => kills().length === 1);
    expect(gone()).toEqual([]);
    await docker(engine, 'rm', '--force', 'stripped');
    await agent.until('container', () => gone().length === 1);
  });
});

describe('a cgroup that a container made with another container’s name', () => {
  const fake = () => `/cg/${outside}/${other.id}`;
  const dropped = (name: string) =>
    docker(engine, 'exec', 'other', 'sh', '-c', `cp /bin/ls /bin/${name}; /bin/${name} /; echo code $?`);
  const founds = () => agent.of('container').filter(({ state, id }) => state !== 'gone' && id === other.id);

  test('is no container, neither at once nor to the next sensor', async () => {
    await inside(`mkdir ${fake()}`);
    agent.close();
    await sensor.kill();
    await sensor.start();
    agent = new TestAgent(sensor.socket);
    await agent.until('sensor-hello');
    expect((await dropped('one')).stdout).toBe('code 126');
    expect(founds().map(({ cgroup }) => cgroup)).toEqual([other.cgroup]);
    await inside(`rmdir ${fake()}`);
    expect((await dropped('two')).stdout).toBe('code 126');
  });

  test('is not taken for the container by a sensor that meets both', async () => {
    await inside(`mkdir ${fake()}; echo $$ > ${fake()}/cgroup.procs`);
    agent.close();
    await sensor.stop();
    const wait = 'echo left > /left; while [ ! -e /go ]; do sleep 0.1; done';
    const left = inside(`echo $$ > ${fake()}/cgroup.procs; ${wait}; in-memory /bin/ls ls /; echo code $?`);
    await expect.poll(async () => (await inside('cat /left')).stdout, { timeout: 10_000 }).toBe('left');
    sensor = await startTestSensor(engine.root);
    agent = new TestAgent(sensor.socket);
    await setPolicy();
    await agent.until('container', ({ id }) => id === own.id);
    expect(founds().map(({ cgroup }) => cgroup)).toEqual([other.cgroup]);
    await docker(engine, 'cp', '/dev/null', 'moves:/go');
    expect((await left).stdout).toBe('code 137');
    const reported = await agent.until('exec', ({ verdict }) => verdict === 'killed');
    expect(reported).toMatchObject({ cgroup: own.cgroup, origin: 'memory' });
    await inside(`rmdir ${fake()}`);
    expect((await dropped('three')).stdout).toBe('code 126');
  });
});
