import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestEngine } from '../../../test/make/docker.ts';
import { docker } from '../../../test/make/program-image.ts';
import { TestAgent, type TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, image, openSensorWorld } from '../../../test/make/sensor-world.ts';
import type { ArmedFrame } from './wire/frames.ts';
import { mechanism } from './wire/words.ts';

/* What the sensor reports of each container: which policy is in force, by which mechanisms, or why not. */

const native = resolve(import.meta.dirname, '../../../native');
const everything = mechanism.execRefused | mechanism.execKilled | mechanism.mappingsKilled | mechanism.codeOpened;
let engine: TestEngine;
let sensor: TestSensor;
let agent: TestAgent;
let imageId: string;

beforeAll(async () => {
  ({ engine, sensor, agent, imageId } = await openSensorWorld());
}, 60_000);

afterAll(async () => await closeSensorWorld({ engine, sensor, agent }));

async function start(name: string): Promise<string> {
  return (await docker(engine, 'run', '-d', '--name', name, '--network', 'none', image, 'sleep', '300')).stdout;
}

async function remove(name: string): Promise<void> {
  await docker(engine, 'rm', '--force', name);
}

function putPolicy(policy: number, version: number, images: readonly string[] = [imageId]): void {
  const none = { driftEffect: 'ignore', codeEffect: 'ignore', modelEffect: 'ignore', toolEffect: 'ignore' } as const;
  const empty = { table: 0, tools: [], edges: [], digests: [], folders: [] };
  agent.send({ kind: 'policy', policy, version, flags: 0, images, ...none, ...empty });
}

/** The next report of a container that fits; those before `from` frames do not count. */
const armed = (id: string, fits: (one: ArmedFrame) => boolean, from = 0) =>
  agent.until('armed', (one) => one.id === id && agent.frames.indexOf(one) >= from && fits(one));

test('a container is reported at its birth, and whenever its policy is put, replaced, assigned or forgotten', async () => {
  const id = await start('reported');
  const born = await armed(id, () => true);
  expect(born).toMatchObject({ policy: 0, version: 0, mechanisms: everything, problem: 'none', reason: '' });
  const { cgroup } = await agent.until('container', (one) => one.id === id);
  expect(born.cgroup).toBe(cgroup);
  putPolicy(7, 11);
  const put = await armed(id, ({ policy, version }) => policy === 7 && version === 11);
  expect(put.since).toBeGreaterThan(born.since);
  putPolicy(7, 12);
  expect(await armed(id, ({ version }) => version === 12)).toMatchObject({ policy: 7, mechanisms: everything });
  // While the sensor lacks what is assigned, the image's own policy holds, and is reported.
  agent.send({ kind: 'assign', policy: 9, id });
  putPolicy(9, 3, []);
  expect(await armed(id, ({ policy }) => policy === 9)).toMatchObject({ version: 3, problem: 'none' });
  const before = agent.frames.length;
  agent.send({ kind: 'forget-policy', policy: 9 });
  expect(await armed(id, () => true, before)).toMatchObject({ policy: 7, version: 12, problem: 'none' });
  await remove('reported');
  await agent.until('container', (one) => one.id === id && one.state === 'gone');
});

test('a policy that says the same is reported once, and every container again to an agent that comes', async () => {
  putPolicy(7, 20);
  const id = await start('again');
  await armed(id, ({ version }) => version === 20);
  const before = agent.of('armed').filter((one) => one.id === id).length;
  putPolicy(7, 20);
  await agent.until(
    'policy-reply',
    () => agent.of('policy-reply').filter(({ version }) => version === 20).length === 2,
  );
  expect(agent.of('armed').filter((one) => one.id === id)).toHaveLength(before);
  agent.close();
  agent = new TestAgent(sensor.socket);
  expect(await armed(id, () => true)).toMatchObject({ policy: 7, version: 20, mechanisms: everything });
  await remove('again');
});

test('assignments of containers that went take none from one that runs', async () => {
  putPolicy(7, 30);
  putPolicy(9, 4, []);
  const id = await start('steady');
  agent.send({ kind: 'assign', policy: 9, id });
  await armed(id, ({ policy }) => policy === 9);
  const before = agent.frames.length;
  const gone = Array.from({ length: 4097 }, (_, at) => at.toString(16).padStart(64, '0'));
  for (const other of gone) agent.send({ kind: 'assign', policy: 9, id: other });
  const last = await start('last');
  agent.send({ kind: 'assign', policy: 9, id: last });
  await armed(last, ({ policy }) => policy === 9, before);
  expect(agent.frames.slice(before).filter((one) => one.kind === 'armed' && one.id === id)).toEqual([]);
  await remove('last');
  await remove('steady');
});

test('what is to be kept is, whatever another agent assigns', async () => {
  putPolicy(7, 40);
  putPolicy(9, 5, []);
  const id = await start('kept');
  agent.send({ kind: 'assign', policy: 9, id });
  agent.send({ kind: 'keep-assigned', id });
  await armed(id, ({ policy }) => policy === 9);
  agent.close();
  agent = new TestAgent(sensor.socket);
  agent.send({ kind: 'assign', policy: 7, id });
  const before = agent.frames.length;
  putPolicy(9, 6, []);
  expect(await armed(id, ({ version }) => version !== 5, before)).toMatchObject({ policy: 9, version: 6 });
  await remove('kept');
});

test('one whose root is mounted in another mount namespace is not marked, with the reason, and only killed', async () => {
  const id = await start('elsewhere');
  const merged = (await docker(engine, 'inspect', '--format', '{{.GraphDriver.Data.MergedDir}}', 'elsewhere')).stdout;
  await armed(id, ({ problem }) => problem === 'none');
  execFileSync('umount', ['--lazy', merged]);
  agent.close();
  await sensor.kill();
  await sensor.start();
  agent = new TestAgent(sensor.socket);
  expect(await armed(id, () => true)).toMatchObject({
    mechanisms: mechanism.execKilled | mechanism.mappingsKilled,
    problem: 'notMarked',
    reason: `fanotify cannot watch its root file system, ${merged}: Invalid cross-device link; it is mounted in another mount namespace than the sensor's.`,
  });
  await remove('elsewhere');
});

test('a guard that hangs is given up: the container is without it until it is made again, and is reported so', async () => {
  const fault = join(mkdtempSync(join(tmpdir(), 'seawall-fault-')), 'now');
  writeFileSync(fault, '');
  agent.close();
  await sensor.kill();
  const [library, program] = ['build/test/guard-fault.so', 'build/test/dynamic-sensor'];
  for (const [folder, target] of [
    ['.', program],
    ['test', `../${library}`],
  ] as const) {
    const built = spawnSync('make', ['--silent', '-C', join(native, folder), target]);
    expect(built.status, built.stderr.toString()).toBe(0);
  }
  const environment = { LD_PRELOAD: join(native, library), GUARD_FAULT: fault };
  await sensor.start({ program: join(native, program), environment });
  agent = new TestAgent(sensor.socket);
  const id = await start('unguarded');
  await armed(id, ({ problem, mechanisms }) => problem === 'none' && mechanisms === everything);
  const before = agent.frames.length;
  writeFileSync(fault, 'hang');
  const ran = docker(engine, 'exec', 'unguarded', 'true').catch(() => undefined);
  expect(await armed(id, ({ problem }) => problem === 'noGuard', before)).toMatchObject({
    mechanisms: mechanism.execKilled | mechanism.mappingsKilled,
    reason: expect.stringContaining('was given up because an answer was overdue'),
  });
  const after = agent.frames.length;
  writeFileSync(fault, '');
  await ran;
  await armed(id, ({ problem, mechanisms }) => problem === 'none' && mechanisms === everything, after);
  await remove('unguarded');
  rmSync(dirname(fault), { recursive: true });
}, 60_000);
