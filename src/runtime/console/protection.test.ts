import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { userNamed } from '#http/console/testing.ts';
import { listContainers } from '#inventory/contract.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import * as api from '../contract.ts';
import { limits } from '../limits.ts';
import { mechanisms } from '../mechanisms.ts';
import { runtimeSchema } from './schema.ts';
import { ada, containerNamed, detection, openTestRuntime, type TestRuntime } from './testing.ts';
import { grace } from './watch-protection.ts';

const start = new Date('2026-11-24T12:00:00Z');
const working = {
  state: 'working',
  mechanisms: [{ name: mechanisms.execRecord.name, active: true }],
  lost: 0,
  throttled: 0,
};
const all = ['exec-refused', 'exec-killed', 'code-opened', 'mappings-killed'];
const notMarked = { kind: 'not-marked', reason: 'Its root is not marked: Invalid cross-device link.' } as const;
const text: api.RuntimeRuleText = {
  name: 'Prod',
  state: 'on',
  drift: 'prevent',
  code: 'prevent',
  process: 'prevent',
  preventFrom: 'active',
  execSessions: 'record',
  neverLearn: [],
};
const open: TestRuntime[] = [];
let at: TestRuntime;
let version = 0;

beforeEach(async () => {
  at = await openTestRuntime();
  open.push(at);
  at.turnTo(start);
  for (const name of ['web', 'api']) await at.run({ name, image: `shop/${name}:1`, host: 'prod-1' });
  await at.report('prod-1', 'sensor', [working]);
  const { rule } = await at.ask(api.putRuntimeRule, {
    params: { id: 'prod' },
    body: { rule: text as never, basedOn: 0 },
  });
  version = rule.version;
}, 60_000);
afterAll(async () => {
  for (const one of open) await one.close();
});

const asked = (rule = { id: 'prod', version }): api.ArmedFact['policy'] => ({ kind: 'asked', rule });

async function armed(name: string, more: Partial<api.ArmedFact> = {}, host = 'prod-1'): Promise<void> {
  const since = start.toISOString();
  const body = { container: containerNamed(name), policy: asked(), mechanisms: all, since, ...more };
  await at.report(host, 'armed', [body]);
}

async function states(): Promise<Readonly<Record<string, string | undefined>>> {
  const { containers } = await at.ask(listContainers, { query: {} });
  return Object.fromEntries(containers.map(({ name, protection }) => [name, protection?.state]));
}

async function later(milliseconds: number): Promise<void> {
  at.turnTo(new Date(at.now().getTime() + milliseconds));
  await at.runtime.watchProtection();
}

async function incidents(state: 'open' | 'closed' = 'open'): Promise<readonly api.Incident[]> {
  return (await at.ask(api.listIncidents, { query: { state } })).incidents;
}

test('a container is protected by what its sensor reported, at the current version of its rule, and by nothing else', async () => {
  expect(await states()).toEqual({ web: 'unknown', api: 'unknown' });
  await armed('web');
  await armed('api', { mechanisms: ['exec-killed'], problem: notMarked });
  expect(await states()).toEqual({ web: 'protected', api: 'partly' });
  const { all: counts, preventing } = await at.ask(api.getProtection, { query: {} });
  expect(counts).toEqual({ unknown: 0, unprotected: 0, partly: 1, protected: 1, watched: 0 });
  expect(preventing).toEqual(counts);
  await at.ask(api.putRuntimeRule, {
    params: { id: 'prod' },
    body: { rule: { ...text, code: 'block' } as never, basedOn: version },
  });
  expect(await states()).toEqual({ web: 'unprotected', api: 'unprotected' });
  const { containers } = await at.ask(listContainers, { query: { search: 'web' } });
  expect(containers[0]?.protection).toMatchObject({
    cause: 'other-rule',
    reason: expect.stringContaining(`ersion ${version} of the rule prod is in force there, not version ${version + 1}`),
  });
});

test('a host that took the default rule for prod is shown as such, not as preventing', async () => {
  await armed('web', { policy: asked({ id: 'default', version: 1 }) });
  await armed('api', { policy: { kind: 'no-orders' } });
  expect(await states()).toEqual({ web: 'unprotected', api: 'unknown' });
  const { rules } = await at.ask(api.listRuntimeRules, {});
  expect(rules.find(({ rule }) => rule.id === 'prod')).toMatchObject({
    containers: 2,
    protection: { unknown: 1, unprotected: 1, partly: 0, protected: 0, watched: 0 },
  });
  expect((await at.ask(api.listSensors, {})).sensors[0]).toMatchObject({ host: 'prod-1', protection: 'unknown' });
});

test('numbers lead to lists of exactly so many, as far as the reader may see', async () => {
  await armed('web');
  await armed('api', { mechanisms: ['exec-killed'], problem: notMarked });
  const named = async (protection: string, user?: ReturnType<typeof userNamed>) => {
    const { containers, total } = await at.ask(listContainers, { query: { protection: protection as never } }, user);
    expect(total).toBe(containers.length);
    return containers.map(({ name }) => name);
  };
  expect(await named('protected')).toEqual(['web']);
  expect(await named('partly')).toEqual(['api']);
  expect(await named('not-protected')).toEqual(['api']);
  expect(await named('unknown')).toEqual([]);
  await at.collection('webs', { images: ['*web*'] });
  const rita = userNamed('rita', ['read'], ['webs']);
  expect(await named('not-protected', rita)).toEqual([]);
  expect(await named('protected', rita)).toEqual(['web']);
  expect((await at.ask(api.getProtection, { query: { environment: 'prod' } }, rita)).all.protected).toBe(1);
  expect((await at.ask(api.getProtection, { query: { environment: 'dev' } }, rita)).all.protected).toBe(0);
});

test('a list by protection begins with what lacks it, and keeps to what the reader may see', async () => {
  const rita = userNamed('rita', ['read'], ['all']);
  await at.collection('all', { images: ['*'] });
  const order = async (query: object, user?: ReturnType<typeof userNamed>) =>
    (await at.ask(listContainers, { query: query as never }, user)).containers.map(({ name }) => name);
  const newest = await order({});
  for (const lacking of newest) {
    const others = newest.filter((name) => name !== lacking);
    await armed(lacking, { mechanisms: ['exec-killed'], problem: notMarked });
    for (const other of others) await armed(other);
    expect(await order({})).toEqual(newest);
    for (const user of [undefined, rita]) {
      expect(await order({ sort: 'protection' }, user)).toEqual([lacking, ...others]);
      expect(await order({ sort: 'protection', offset: 1 }, user)).toEqual(others);
    }
  }
});

test('what another agent reported, or one that is away, is no evidence', async () => {
  await armed('web');
  const inventory = at.store.query(inventorySchema);
  await inventory.updateTable('host').set({ agent: 'another' }).execute();
  await inventory.updateTable('container').set({ reported_by: 'another' }).execute();
  const of = async () => (await at.ask(listContainers, { query: { search: 'web' } })).containers[0]?.protection;
  expect(await of()).toMatchObject({ state: 'unknown', cause: 'agent-silent' });
  await inventory.updateTable('host').set({ stale: true }).execute();
  expect(await of()).toMatchObject({ state: 'unknown', cause: 'agent-away' });
});

test('a container that a rule prevents in vain is an incident after the grace, until its host says otherwise', async () => {
  await armed('web');
  await armed('api', { mechanisms: [], problem: notMarked });
  await later(0);
  await later(grace);
  expect(await incidents()).toEqual([]);
  await later(1);
  await later(1000);
  const [incident, ...others] = await incidents();
  expect(others).toEqual([]);
  expect(incident).toMatchObject({
    title: expect.stringMatching(/^api: It is not protected as the rule Prod asks\. .*Invalid cross-device link/),
    container: { id: containerNamed('api') },
    environment: 'prod',
    detections: 1,
  });
  await at.store.query(inventorySchema).updateTable('host').set({ stale: true }).execute();
  await later(1000);
  expect(await incidents()).toHaveLength(1);
  await at.store.query(inventorySchema).updateTable('host').set({ stale: false }).execute();
  await armed('api');
  await later(1000);
  expect(await incidents()).toEqual([]);
  expect((await incidents('closed'))[0]?.acknowledged).toMatchObject({ by: 'console' });
});

test('without a word of the host, or without a rule that prevents, nothing is opened', async () => {
  await later(0);
  await later(2 * grace);
  expect(await incidents()).toEqual([]);
  await at.ask(api.putRuntimeRule, {
    params: { id: 'prod' },
    body: { rule: { ...text, drift: 'alert', code: 'alert', process: 'alert' } as never, basedOn: version },
  });
  await armed('web', { mechanisms: [], problem: notMarked });
  await later(0);
  await later(2 * grace);
  expect(await incidents()).toEqual([]);
});

test('many that lack the same are one incident of their host, as is a sensor that is away', async () => {
  const names = Array.from({ length: 11 }, (_, index) => `many-${index}`);
  for (const name of names) await at.run({ name, image: 'shop/many:1', host: 'prod-1' });
  for (const name of names) await armed(name, { mechanisms: [], problem: notMarked });
  await armed('web');
  await armed('api');
  await later(0);
  await later(grace + 1);
  expect((await incidents()).map(({ title }) => title)).toEqual([
    expect.stringMatching(/^prod-1: 11 containers are not protected/),
  ]);
  for (const name of names) await armed(name);
  await at.report('prod-1', 'sensor', [{ ...working, state: 'away', reason: 'It died.' }]);
  await later(0);
  await later(grace + 1);
  expect((await incidents()).map(({ title }) => title)).toEqual([
    expect.stringMatching(/^prod-1: 13 containers are not protected as their rules ask\. It died\./),
  ]);
}, 60_000);

describe('an incident of a whole host', () => {
  const many = Array.from({ length: 11 }, (_, index) => `many-${index}`);
  const rita = userNamed('rita', ['read', 'operate'], ['webs']);
  const omar = userNamed('omar', ['read'], ['hosts']);
  const sami = userNamed('sami', ['read'], ['others']);

  /** What a reader is told of the incidents, in every way that there is. */
  async function reported(who: ReturnType<typeof userNamed>) {
    const { incidents: listed, total, open: opened } = await at.ask(api.listIncidents, { query: {} }, who);
    const id = listed[0]?.id;
    const { alerts } = await at.ask(api.listAlerts, { query: {} }, who);
    const story = id === undefined ? undefined : await at.ask(api.getIncident, { params: { id } }, who);
    return { titles: listed.map(({ title }) => title), counts: [total, opened], id, alerts, story };
  }

  beforeEach(async () => {
    for (const name of many) await at.run({ name, image: 'shop/many:1', host: 'prod-1' });
    await at.collection('webs', { images: ['*web*'] });
    await at.collection('hosts', { hosts: ['prod-1'], images: ['-*many*', '-*api*'] });
    await at.collection('others', { images: ['*none*'] });
    await at.report('prod-1', 'sensor', [{ ...working, state: 'away', reason: 'It died.' }]);
    await later(0);
    await later(grace + 1);
  });

  test('names and counts to each reader only the containers that he may see', async () => {
    const all = await reported(ada);
    expect(all.titles).toEqual(['prod-1: 13 containers are not protected as their rules ask. It died.']);
    expect(all.story?.detections[0]?.seen).toBe('api, many-0, many-1, many-10, many-2 and 8 more: It died.');
    for (const who of [rita, omar]) {
      const own = await reported(who);
      expect(own.titles).toEqual(['prod-1: 1 container is not protected as its rule asks. It died.']);
      expect(own.counts).toEqual([1, 1]);
      expect(own.story?.incident.title).toBe(own.titles[0]);
      expect(own.story?.detections[0]).toMatchObject({
        message: '1 container is not protected as its rule asks. It died.',
        seen: 'web: It died.',
      });
      expect(own.alerts.map(({ seen }) => seen)).toEqual(['web: It died.']);
      expect(JSON.stringify(own)).not.toMatch(/many-|\bapi\b|13 containers/);
    }
  });

  test('is nothing to who may see none of them, whatever is searched for', async () => {
    expect(await reported(sami)).toMatchObject({ titles: [], counts: [0, 0], alerts: [] });
    const { id = 0 } = await reported(ada);
    await expect(at.ask(api.getIncident, { params: { id } }, sami)).rejects.toMatchObject({ code: 'not-found' });
    for (const search of ['13 containers', 'many-0'])
      expect((await at.ask(api.listIncidents, { query: { search } }, rita)).total).toBe(0);
  });

  test('is decided on by who sees all of them', async () => {
    const { id = 0 } = await reported(ada);
    const decided = { params: { id }, body: { to: 'acknowledged', note: '' } } as const;
    await expect(at.ask(api.decideIncident, decided, rita)).rejects.toMatchObject({ code: 'not-allowed' });
    const operator = userNamed('olga', ['read', 'operate']);
    expect((await at.ask(api.decideIncident, decided, operator)).incident.state).toBe('acknowledged');
  });

  test('follows what lacks it, and keeps for history what lacked it last', async () => {
    await at.store.query(inventorySchema).deleteFrom('container').where('id', '=', containerNamed('many-0')).execute();
    await later(1000);
    expect((await reported(ada)).titles).toEqual([
      'prod-1: 12 containers are not protected as their rules ask. It died.',
    ]);
    expect((await reported(ada)).story?.detections[0]?.seen).toBe(
      'api, many-1, many-10, many-2, many-3 and 7 more: It died.',
    );
    await at.report('prod-1', 'sensor', [working]);
    for (const name of ['web', 'api', ...many]) await armed(name);
    await later(1000);
    expect(await incidents()).toEqual([]);
    const own = await reported(rita);
    expect(own.counts).toEqual([1, 0]);
    expect(own.story?.detections[0]?.seen).toBe('web: It died.');
  });
});

/** What agents of a host detect fills its hour, or what the console finds does. */
async function fillHour(topic: 'unprotected' | null): Promise<void> {
  const seen = Array.from({ length: limits.incidentsOfHost.value + 1 }, (_, n) =>
    detection(`d${n}`, { container: `x${n}`, image: 'shop/web:1', time: start }),
  );
  await at.report('prod-1', 'detection', seen);
  await at.store.query(runtimeSchema).updateTable('incident').set({ topic, state: 'closed' }).execute();
}

const detections = async () =>
  (await at.store.query(runtimeSchema).selectFrom('detection').select('id').execute()).length;

test('nothing is in force since a moment that is to come', async () => {
  await armed('web', { since: '2099-01-01T00:00:00.000Z' });
  await armed('api', { since: '2026-11-24T11:00:00.000Z' });
  const { containers } = await at.ask(listContainers, { query: {} });
  expect(Object.fromEntries(containers.map(({ name, protection }) => [name, protection?.since]))).toEqual({
    web: start.toISOString(),
    api: '2026-11-24T11:00:00.000Z',
  });
});

test('a storm of alerts on a host does not swallow that a container of it is not protected', async () => {
  await fillHour(null);
  await armed('web', { mechanisms: [], problem: notMarked });
  await later(0);
  await later(grace + 1);
  expect((await incidents()).map(({ title }) => title)).toEqual([expect.stringMatching(/^web: It is not protected/)]);
  await armed('web');
  await later(1);
  expect(await incidents()).toEqual([]);
});

test('beyond the number of the hour it is told once, not every few seconds', async () => {
  await fillHour('unprotected');
  await armed('web', { mechanisms: [], problem: notMarked });
  await later(0);
  await later(grace + 1);
  const before = await detections();
  for (let n = 0; n < 3; n++) await later(1000);
  expect(await detections()).toBe(before);
  expect((await incidents()).map(({ title }) => title)).toEqual([
    'prod-1: 1 more detection after 100 incidents within an hour.',
  ]);
});

test('a guard that is given up leaves code files unguarded: partly protected, an incident that ends with it', async () => {
  const noGuard = { kind: 'no-guard', reason: 'fanotify’s group was given up.' } as const;
  await armed('api');
  await armed('web', { mechanisms: ['exec-killed', 'mappings-killed'], problem: noGuard });
  const { containers } = await at.ask(listContainers, { query: { search: 'web' } });
  expect(containers[0]?.protection).toMatchObject({
    state: 'partly',
    cause: 'no-guard',
    parts: [
      { what: 'programs', state: 'armed' },
      { what: 'code files', state: 'missing' },
      { what: 'mapped code', state: 'armed' },
    ],
  });
  await later(0);
  await later(grace + 1);
  expect((await incidents()).map(({ title }) => title)).toEqual([expect.stringContaining('group was given up')]);
  await armed('web');
  await later(1);
  expect(await incidents()).toEqual([]);
});

test('of one host no more is kept than it can run', async () => {
  const most = limits.armedOfHost.value;
  const bodies = Array.from({ length: most + 5 }, (_, index) => ({
    container: index.toString(16).padStart(64, '0'),
    policy: { kind: 'not-reported' as const },
    mechanisms: [],
  }));
  for (let from = 0; from < bodies.length; from += 5000)
    await at.report('prod-2', 'armed', bodies.slice(from, from + 5000));
  const { count } = await at.store
    .query(runtimeSchema)
    .selectFrom('armed')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('host', '=', 'prod-2')
    .executeTakeFirstOrThrow();
  expect(Number(count)).toBe(most);
}, 60_000);
