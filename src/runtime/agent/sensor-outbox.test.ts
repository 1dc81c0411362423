import { spawnSync } from 'node:child_process';
import { basename, dirname, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestEngine } from '../../../test/make/docker.ts';
import { docker } from '../../../test/make/program-image.ts';
import { TestAgent, type TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, configure, image, openSensorWorld, putEffects } from '../../../test/make/sensor-world.ts';

const program = resolve(import.meta.dirname, '../../../native/build/seawall-sensor');
let engine: TestEngine;
let sensor: TestSensor;

beforeAll(async () => {
  const { agent, imageId, ...rest } = await openSensorWorld();
  ({ engine, sensor } = rest);
  configure(agent);
  await putEffects(agent, imageId, { driftEffect: 'prevent', codeEffect: 'prevent' });
  await docker(engine, 'run', '-d', '--name', 'server', '--network', 'none', image, 'sleep', '300');
  await agent.until('exec', ({ path }) => path === '/bin/sleep');
  agent.close();
}, 60_000);

afterAll(async () => await closeSensorWorld({ engine, sensor }));

/** A shell's words in the container, while no agent listens. */
const inside = (words: string) => docker(engine, 'exec', 'server', 'sh', '-c', words);

async function died(): Promise<TestAgent> {
  await sensor.kill();
  await sensor.start();
  return new TestAgent(sensor.socket);
}

test('what was refused and not told yet outlives the sensor', async () => {
  expect((await inside('cp /bin/id /bin/refused; /bin/refused; echo code $?')).stdout).toBe('code 126');
  const agent = await died();
  const reported = await agent.until('exec', ({ path }) => path === '/bin/refused');
  expect(reported).toMatchObject({ verdict: 'refused', reason: 'drift', callerPath: '/bin/sh' });
  // The sensor answers in turn: then it has taken the acknowledgement.
  agent.send({ kind: 'ask-status' });
  await agent.until('status', ({ queued }) => queued === 0);
  agent.close();
});

test('what the agent keeps is not told again', async () => {
  const agent = await died();
  await agent.until('container', ({ state }) => state === 'born' || state === 'found');
  agent.send({ kind: 'ask-status' });
  await agent.until('status', ({ queued }) => queued === 0);
  expect(agent.of('exec').filter(({ path }) => path === '/bin/refused')).toEqual([]);
  agent.close();
});

test('so does a code file that was refused, told to an agent that did not keep it', async () => {
  await inside('cp /lib64/libc.so.6 /tmp/x.so; LD_PRELOAD=/tmp/x.so /bin/dynamic');
  const isIt = ({ path }: { readonly path: string }) => path === '/tmp/x.so';
  const deaf = new TestAgent(sensor.socket, { acknowledges: false });
  const first = await deaf.until('code', isIt);
  deaf.close();
  const agent = await died();
  const again = await agent.until('code', isIt);
  expect(again).toMatchObject({ verdict: 'refused', openerPath: '/bin/dynamic', time: first.time });
  agent.close();
});

test('a second sensor of the instance leaves the maps alone', async () => {
  const words = ['--instance', basename(dirname(sensor.socket)), '--socket', sensor.socket];
  const second = spawnSync(program, [...words, '--engine-root', engine.root], { encoding: 'utf8' });
  expect(second).toMatchObject({ status: 1, stderr: expect.stringMatching(/another sensor of this instance runs/u) });
  await inside('cp /bin/id /bin/alone; /bin/alone');
  const agent = new TestAgent(sensor.socket);
  expect(await agent.until('exec', ({ path }) => path === '/bin/alone')).toMatchObject({ verdict: 'refused' });
  agent.close();
});

test('every refusal is told or counted, also when there are more than there is room for and the sensor dies', async () => {
  const many = 7000;
  const path = `/bin/${'long-name-'.repeat(20)}`;
  await inside(`cp /bin/true ${path}; for i in $(seq ${many}); do ${path} $i; done`);
  const agent = await died();
  const reported = () => agent.of('exec').filter((one) => one.path === path).length;
  const counted = () =>
    [...agent.of('loss'), ...agent.of('throttle')].reduce((sum, { count }) => sum + Number(count), 0);
  await expect.poll(() => reported() + counted(), { timeout: 20_000 }).toBe(many);
  expect(reported()).toBeGreaterThan(100);
  expect(counted()).toBeGreaterThan(0);
  agent.close();
}, 120_000);
