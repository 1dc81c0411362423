import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { userNamed } from '#http/console/testing.ts';
import { linkSchema } from '#link/console/index.ts';
import * as api from '../contract.ts';
import { mechanisms } from '../mechanisms.ts';
import { runtimeSchema } from './schema.ts';
import { containerNamed, openTestRuntime, type TestRuntime } from './testing.ts';

const start = new Date('2026-11-24T12:00:00Z');
const scoped = userNamed('rita', ['read'], ['webs']);
const recording = { name: mechanisms.execRecord.name, active: true };
const listening = { name: mechanisms.listen.name, active: true };
const lacking = { name: mechanisms.execLsm.name, active: false, reason: 'no bpf among lsm=' };
const working = { state: 'working', kernel: '6.12.0', mechanisms: [recording, lacking], lost: 0, throttled: 0 };
let at: TestRuntime;

beforeAll(async () => {
  at = await openTestRuntime();
  at.turnTo(start);
  await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
  for (const host of ['prod-1', 'prod-2', 'test-1', 'test-2', 'test-3']) await join(host);
  await at.report('prod-1', 'sensor', [working]);
  await at.report('prod-2', 'sensor', [{ ...working, mechanisms: [listening, lacking] }]);
  await at.report('test-1', 'sensor', [{ ...working, state: 'away', reason: 'It died.' }]);
  await at.report('test-2', 'sensor', [working]);
  await at.collection('webs', { images: ['*web*'] });
});
afterAll(async () => await at.close());

async function join(name: string): Promise<void> {
  const id = randomUUID();
  const host = { id, name, host: name, instance: 'default', version: '0.1.0', state: 'live' } as const;
  const joined = { joined_at: start, join_token: 'rack', fingerprint: id, not_after: start };
  const [environment = null] = name.split('-');
  await at.store
    .query(linkSchema)
    .insertInto('agent')
    .values({ ...host, ...joined, environment })
    .execute();
}

test('tells for every host whether it is protected, also where nobody told of a sensor', async () => {
  const { sensors } = await at.ask(api.listSensors, {});
  expect(sensors.map(({ host, protection, stops }) => [host, protection, stops])).toEqual([
    // A sensor that works is no evidence that a container is armed: nobody reported that.
    ['prod-1', 'unknown', ['programs']],
    ['prod-2', 'idle', []],
    ['test-1', 'unknown', ['programs']],
    ['test-2', 'idle', ['programs']],
    ['test-3', 'unknown', []],
  ]);
  expect(sensors[0]?.containers).toEqual({ unknown: 1, unprotected: 0, partly: 0, protected: 0, watched: 0 });
  const moment = start.toISOString();
  expect(sensors[0]).toMatchObject({ environment: 'prod', reported: { sensor: working, since: moment, at: moment } });
  expect(sensors[4]).not.toHaveProperty('reported');
});

test('counts running containers by the state of their model', async () => {
  const { sensors } = await at.ask(api.listSensors, {});
  const models = async () =>
    new Map((await at.ask(api.listSensors, {})).sensors.map(({ host, models: counts }) => [host, counts]));
  expect(sensors[0]?.models).toEqual({ active: 0, learning: 1, none: 0 });
  expect((await models()).get('prod-2')).toEqual({ active: 0, learning: 0, none: 0 });
  for (const [state, counts] of [
    ['active', { active: 1, learning: 0, none: 0 }],
    ['manual', { active: 1, learning: 0, none: 0 }],
    ['relearning', { active: 0, learning: 1, none: 0 }],
    ['archived', { active: 0, learning: 0, none: 1 }],
  ] as const) {
    await at.store.query(runtimeSchema).updateTable('model').set({ state }).execute();
    expect((await models()).get('prod-1'), state).toEqual(counts);
  }
  await at.store.query(runtimeSchema).updateTable('model').set({ state: 'learning' }).execute();
});

test('says where events wait to be kept for too long', async () => {
  const moment = start.toISOString();
  const late = async (seconds: number) => {
    await at.report('prod-2', 'sensor', [{ ...working, unacknowledged: { since: moment, seconds } }]);
    return (await at.ask(api.listSensors, {})).sensors.map(({ eventsLate }) => eventsLate);
  };
  expect(await late(15)).toEqual([false, false, false, false, false]);
  expect(await late(30)).toEqual([false, true, false, false, false]);
  await at.report('prod-2', 'sensor', [{ ...working, mechanisms: [listening, lacking] }]);
});

test('counts what its containers are armed with', async () => {
  const policy = { kind: 'asked', rule: { id: 'default', version: 1 } };
  await at.report('prod-1', 'armed', [{ container: containerNamed('web'), policy, mechanisms: ['exec-killed'] }]);
  const { sensors } = await at.ask(api.listSensors, {});
  expect(sensors[0]).toMatchObject({ protection: 'watches', containers: { watched: 1, unknown: 0 } });
});

test('says of a host whose agent is away that nobody knows', async () => {
  const agents = at.store.query(linkSchema);
  await agents.updateTable('agent').set({ state: 'silent' }).where('name', '=', 'test-2').execute();
  const { sensors } = await at.ask(api.listSensors, {});
  expect(sensors[3]).toMatchObject({
    host: 'test-2',
    stale: true,
    protection: 'unknown',
    reported: { sensor: working },
  });
});

test('shows who is scoped the hosts that hold something of theirs', async () => {
  const { sensors } = await at.ask(api.listSensors, {}, scoped);
  expect(sensors.map(({ host }) => host)).toEqual(['prod-1']);
});
