import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestEngine } from '../../../test/make/docker.ts';
import { docker } from '../../../test/make/program-image.ts';
import { TestAgent, type TestSensor } from '../../../test/make/sensor.ts';
import { closeSensorWorld, configure, image, openSensorWorld, putEffects } from '../../../test/make/sensor-world.ts';

const long = `/bin/${'long-name-'.repeat(20)}`;
const many = 6000;
let engine: TestEngine;
let sensor: TestSensor;
let imageId: string;

beforeAll(async () => {
  const { agent, ...world } = await openSensorWorld();
  agent.close();
  ({ engine, sensor, imageId } = world);
  await put('prevent');
  for (const name of ['storm', 'calm'])
    await docker(engine, 'run', '-d', '--name', name, '--network', 'none', image, 'sleep', '600');
}, 60_000);

afterAll(async () => await closeSensorWorld({ engine, sensor }));

/** What becomes of programs that are not the image's; 100,000 events a second are no limit here. */
async function put(driftEffect: 'prevent' | 'alert'): Promise<void> {
  const agent = new TestAgent(sensor.socket);
  configure(agent);
  await putEffects(agent, imageId, { driftEffect, codeEffect: 'prevent' });
  agent.close();
}

const inside = (name: string, words: string) => docker(engine, 'exec', name, 'sh', '-c', words);

/** Runs a program that is not the image's in the calm container; milliseconds until the agent hears of it. */
async function heardAfter(agent: TestAgent, path: string): Promise<number> {
  await inside('calm', `cp /bin/true ${path}`);
  const started = performance.now();
  const ran = inside('calm', path);
  await agent.until('exec', (one) => one.path === path);
  const after = performance.now() - started;
  await ran.catch(() => undefined);
  return after;
}

const sum = (frames: readonly { readonly count: bigint; readonly cgroup: bigint }[]) =>
  frames.reduce((all, { count }) => all + Number(count), 0);

/** The guard's events lie in the sensor's own room, those of the kernel in the rings. */
test.each(['prevent', 'alert'] as const)(
  'a storm (%s) takes its own share alone while the agent keeps nothing, and each event is told or counted to it',
  async (effect) => {
    await put(effect);
    const path = `${long}${effect}`;
    const deaf = new TestAgent(sensor.socket, { acknowledges: false });
    await inside('storm', `cp /bin/true ${path}`);
    const storm = inside('storm', `for i in $(seq ${many}); do ${path} $i; done`);
    for (let count = 0; count < 5; count++)
      expect(await heardAfter(deaf, `/bin/during-${effect}-${count}`)).toBeLessThan(2000);
    await storm;
    for (let count = 0; count < 5; count++)
      expect(await heardAfter(deaf, `/bin/after-${effect}-${count}`)).toBeLessThan(2000);
    const [first] = deaf.of('exec').filter((one) => one.path === path);
    const heard = deaf.of('exec').filter((one) => one.path === path).length;
    expect(heard).toBeGreaterThan(100);
    expect(heard).toBeLessThan(2500);
    deaf.send({ kind: 'ask-status' });
    const { oldestNs } = await deaf.until('status', ({ queued }) => queued > heard);
    expect(Number(oldestNs) / 1e6).toBeGreaterThan(1000);
    deaf.close();

    const agent = new TestAgent(sensor.socket);
    const reported = () => agent.of('exec').filter((one) => one.path === path).length;
    const ofStorm = () =>
      [...agent.of('throttle'), ...agent.of('loss')].filter(({ cgroup }) => cgroup === first?.cgroup);
    await expect.poll(() => reported() + sum(ofStorm()), { timeout: 20_000 }).toBe(many);
    const ofOthers = [...agent.of('throttle'), ...agent.of('loss')].filter(({ cgroup }) => cgroup !== first?.cgroup);
    expect(ofOthers).toEqual([]);
    await expect.poll(async () => await oldestOf(agent), { timeout: 10_000 }).toBe(0n);
    agent.close();
  },
  120_000,
);

test('what the guard leaves out beyond the share of a container is in the status as it is told', async () => {
  await put('prevent');
  const agent = new TestAgent(sensor.socket);
  const statusOf = async () => {
    const before = agent.of('status').length;
    agent.send({ kind: 'ask-status' });
    await expect.poll(() => agent.of('status').length).toBeGreaterThan(before);
    return Number(agent.of('status').at(-1)?.throttled);
  };
  const before = await statusOf();
  agent.send({ kind: 'configure', bucketNs: 900_000_000_000n, permissionBudgetMs: 200, eventsPerSecond: 3 });
  await inside('calm', 'cp /bin/true /bin/often; for i in $(seq 60); do /bin/often; done').catch(() => undefined);
  await expect.poll(() => sum(agent.of('throttle')), { timeout: 10_000 }).toBeGreaterThan(20);
  await expect.poll(async () => (await statusOf()) - before - sum(agent.of('throttle')), { timeout: 10_000 }).toBe(0);
  await put('prevent');
  agent.close();
}, 60_000);

async function oldestOf(agent: TestAgent): Promise<bigint | undefined> {
  const before = agent.of('status').length;
  agent.send({ kind: 'ask-status' });
  await expect.poll(() => agent.of('status').length).toBeGreaterThan(before);
  return agent.of('status').at(-1)?.oldestNs;
}

test('once all is acknowledged, the container that stormed is told of again', async () => {
  await put('prevent');
  const agent = new TestAgent(sensor.socket);
  await inside('storm', 'cp /bin/true /bin/again; /bin/again').catch(() => undefined);
  expect(await agent.until('exec', ({ path }) => path === '/bin/again')).toMatchObject({ verdict: 'refused' });
  agent.close();
});

test('an acknowledgement of another epoch frees nothing', async () => {
  const deaf = new TestAgent(sensor.socket, { acknowledges: false });
  await inside('storm', 'cp /bin/true /bin/epoch; /bin/epoch').catch(() => undefined);
  const { sequence } = await deaf.until('exec', ({ path }) => path === '/bin/epoch');
  const { epoch } = await deaf.until('sensor-hello');
  for (const other of [epoch + 1n, epoch - 1n, 0n]) deaf.send({ kind: 'acknowledge', epoch: other, sequence });
  deaf.send({ kind: 'ask-status' });
  expect((await deaf.until('status')).queued).toBeGreaterThan(0);
  deaf.close();
  const agent = new TestAgent(sensor.socket);
  await agent.until('exec', ({ path }) => path === '/bin/epoch');
  await expect.poll(async () => await oldestOf(agent), { timeout: 10_000 }).toBe(0n);
  agent.close();
});
