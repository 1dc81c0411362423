import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { userNamed } from '#http/console/testing.ts';
import * as api from '../contract.ts';
import { modelIdIn } from '../model-id.ts';
import { runtimeSchema } from './schema.ts';
import {
  behaviour,
  containerNamed,
  detection,
  digestNamed,
  keyNamed,
  openTestRuntime,
  type TestRuntime,
} from './testing.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 24, 11, minute));
const shell = { path: '/bin/sh', pid: 7, startedAt: at(0).toISOString() };

describe('incidents', () => {
  let seawall: TestRuntime;
  const scoped = userNamed('rita', ['read', 'operate'], ['wikis']);

  beforeAll(async () => {
    seawall = await openTestRuntime();
    seawall.turnTo(new Date('2026-11-24T13:00:00Z'));
    await seawall.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    await seawall.run({ name: 'web-2', image: 'shop/web:1', host: 'prod-1' });
    await seawall.run({ name: 'web-3', image: 'shop/web:1', host: 'test-1' });
    await seawall.run({ name: 'wiki', image: 'shop/wiki:1', host: 'test-1' });
    await seawall.collection('wikis', { images: ['*wiki*'] });
  });
  afterAll(async () => await seawall.close());

  const reported = (
    id: string,
    minute: number,
    { on = 'web', ...more }: Partial<api.Detection> & { on?: string } = {},
  ) => detection(id, { container: on, image: on === 'wiki' ? 'shop/wiki:1' : 'shop/web:1', time: at(minute) }, more);
  const list = async (query: object = {}, who?: ReturnType<typeof userNamed>) =>
    await seawall.ask(api.listIncidents, { query }, who);

  test('join what belongs together, whatever comes twice or in another order', async () => {
    const first = reported('1', 0, { process: shell });
    const child = reported('2', 40, {
      ancestors: [shell],
      severity: 'critical',
      outcome: 'refused',
      technique: 'T1105',
    });
    await seawall.report('prod-1', 'detection', [child, first, reported('notice', 1, { notice: true })]);
    await seawall.report('prod-1', 'detection', [first, child, reported('other', 1, { on: 'web-2' })]);
    const { incidents, total, open } = await list();
    expect({ total, open }).toEqual({ total: 2, open: 2 });
    expect(incidents).toMatchObject([
      {
        severity: 'critical',
        outcome: 'observed',
        detections: 2,
        techniques: ['T1059.004', 'T1105'],
        openedAt: at(0).toISOString(),
        lastAt: at(40).toISOString(),
        host: 'prod-1',
        environment: 'prod',
        container: { name: 'web' },
        model: modelIdIn(keyNamed('shop/web:1'), 'prod'),
      },
      { detections: 1, container: { name: 'web-2' } },
    ]);
    await seawall.report('prod-1', 'detection', [reported('3', 41, { ancestors: [shell] })]);
    expect((await list()).incidents[0]?.detections).toBe(3);
  });

  test('are filtered by severity, outcome and time; the numbers are those of the filters', async () => {
    const totalOf = async (query: object): Promise<readonly number[]> => {
      const { total, open, incidents } = await list(query);
      return [total, open, incidents.length];
    };
    expect(await totalOf({ severity: 'critical' })).toEqual([1, 1, 1]);
    expect(await totalOf({ severity: 'low' })).toEqual([0, 0, 0]);
    expect(await totalOf({ outcome: 'stopped' })).toEqual([0, 0, 0]);
    expect(await totalOf({ since: at(41).toISOString() })).toEqual([1, 1, 1]);
    expect(await totalOf({ until: at(41).toISOString() })).toEqual([1, 1, 1]);
    expect(await totalOf({ since: at(1).toISOString(), until: at(42).toISOString() })).toEqual([2, 2, 2]);
  });

  test('are counted by day and severity as the list has them, in the zone of the reader', async () => {
    const days = async (query: object, who?: ReturnType<typeof userNamed>) =>
      (await seawall.ask(api.countIncidentDays, { query }, who)).days;
    const day = { day: '2026-11-24', critical: 1, high: 0, medium: 0, low: 0 };
    const [first] = await days({ severity: 'critical' });
    expect(first).toEqual(day);
    // 11:40 in UTC is a day later 14 hours to the east.
    expect((await days({ severity: 'critical', zone: 'Pacific/Kiritimati' }))[0]?.day).toBe('2026-11-25');
    // Here this is New Zealand's; PostgreSQL by itself takes it for Newfoundland's.
    expect((await days({ severity: 'critical', zone: 'NST' }))[0]?.day).toBe('2026-11-25');
    expect(await days({ severity: 'low' })).toEqual([]);
    expect(await days({ until: at(0).toISOString() })).toEqual([]);
    for (const query of [{}, { environment: 'prod' }, { since: at(41).toISOString() }, { state: 'open' }]) {
      const sum = (await days(query)).reduce((all, one) => all + one.critical + one.high + one.medium + one.low, 0);
      expect(sum, JSON.stringify(query)).toBe((await list(query)).total);
    }
    expect(await days({}, scoped)).toEqual([]);
    for (const zone of ['Mars/Olympus', "UTC'; drop", '', '+01:00'])
      await expect(days({ zone }), zone).rejects.toThrow();
  });

  test('of many events tell what was stopped once among them, and what came last', async () => {
    const sea = await openTestRuntime();
    sea.turnTo(new Date('2026-11-24T13:00:00Z'));
    await sea.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    const again = Array.from({ length: 1400 }, (_, index) => {
      const time = new Date(at(0).getTime() + index * 100).toISOString();
      const evil = { outcome: 'refused', process: { path: '/tmp/evil' } } as const;
      return reported(`n${index}`, 0, { time, process: { path: '/cgi/visits' }, ...(index === 300 && evil) });
    });
    await sea.report('prod-1', 'detection', again);
    const [incident] = (await sea.ask(api.listIncidents, {})).incidents;
    expect(incident?.detections).toBe(1400);
    const { detections } = await sea.ask(api.getIncident, { params: { id: incident?.id ?? 0 } });
    const ids = detections.map(({ id }) => id).join(' ');
    expect(ids).toBe('n0 n1 n2 n3 n4 n300 n1395 n1396 n1397 n1398 n1399');
    await sea.close();
  });

  test('of hosts in no environment are found where these are asked for', async () => {
    const fly = await openTestRuntime();
    await fly.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    await fly.report('prod-1', 'detection', [reported('1', 0)]);
    for (const table of ['incident', 'model'] as const)
      await fly.store
        .query(runtimeSchema)
        .updateTable(table)
        .set({ environment: table === 'model' ? '' : null })
        .execute();
    const none = { query: { environment: 'none' } };
    const prod = { query: { environment: 'prod' } };
    expect(await fly.ask(api.listIncidents, none)).toMatchObject({ total: 1, open: 1 });
    expect((await fly.ask(api.listModels, none)).total).toBe(1);
    expect((await fly.ask(api.listIncidents, prod)).total + (await fly.ask(api.listModels, prod)).total).toBe(0);
    await fly.close();
  });

  test('are found by environment, image, state and words, as far as the caller may see', async () => {
    await seawall.report('test-1', 'detection', [reported('w', 2, { on: 'wiki' })]);
    expect((await list({ environment: 'test' })).total).toBe(1);
    const own = await seawall.ask(api.countIncidentDays, { query: { zone: 'Pacific/Kiritimati' } }, scoped);
    expect(own.days).toMatchObject([{ day: '2026-11-25' }]);
    expect((await list({ image: digestNamed('shop/web:1') })).total).toBe(2);
    expect((await list({ search: 't1105' })).total).toBe(1);
    expect((await list({ search: '100%' })).total).toBe(0);
    expect((await list({ state: 'closed' })).total).toBe(0);
    expect((await list({ limit: 1, offset: 1 })).incidents).toHaveLength(1);
    const seen = await list({}, scoped);
    expect(seen).toMatchObject({ total: 1, incidents: [{ container: { name: 'wiki' } }] });
    const id = (await list()).incidents[0]?.id ?? 0;
    await expect(seawall.ask(api.getIncident, { params: { id } }, scoped)).rejects.toMatchObject({ code: 'not-found' });
    const body = { to: 'closed', note: 'not ours' } as const;
    const closed = seawall.ask(api.decideIncident, { params: { id }, body }, scoped);
    await expect(closed).rejects.toMatchObject({ code: 'not-found' });
  });

  test('tell their story beside what the model expects and how siblings fare', async () => {
    await seawall.report('prod-1', 'behaviour', [behaviour('shop/web:1', { paths: ['/bin/date'], hours: [at(0)] })]);
    const id = (await list({ search: 't1105' })).incidents[0]?.id ?? 0;
    const { detections, expected, siblings } = await seawall.ask(api.getIncident, { params: { id } });
    expect(detections.map((one) => one.id)).toEqual(['1', '2', '3']);
    expect(expected.process).toEqual(['allow /bin/date by=/serve']);
    expect(siblings).toEqual({ running: 3, same: 1 });
  });

  test('are acknowledged, closed and opened by people; a closed one does not grow', async () => {
    const id = (await list({ search: 't1105' })).incidents[0]?.id ?? 0;
    const decide = async (to: 'open' | 'acknowledged' | 'closed', note = '') =>
      (await seawall.ask(api.decideIncident, { params: { id }, body: { to, note } })).incident;
    expect(await decide('acknowledged', 'ours')).toMatchObject({ acknowledged: { by: 'ada', note: 'ours' } });
    await expect(decide('closed', ' ')).rejects.toMatchObject({ code: 'bad-request' });
    expect(await decide('closed', 'known test')).toMatchObject({
      state: 'closed',
      acknowledged: { note: 'known test' },
    });
    await seawall.report('prod-1', 'detection', [reported('4', 42, { ancestors: [shell] })]);
    expect((await list({ search: 'web', state: 'closed' })).incidents[0]?.detections).toBe(3);
    expect((await list()).total).toBe(4);
    expect(await decide('open')).not.toHaveProperty('acknowledged');
    const rows = await seawall.store
      .query(accessSchema)
      .selectFrom('audit')
      .select('action')
      .orderBy('sequence')
      .execute();
    expect(rows.map(({ action }) => action)).toEqual(['incident-acknowledged', 'incident-closed', 'incident-opened']);
  });

  test('go with their detections when both are older than is to be kept', async () => {
    await seawall.runtime.prune(new Date('2027-02-20T00:00:00Z'));
    expect((await list()).total).toBe(4);
    await seawall.runtime.prune(new Date('2027-03-20T00:00:00Z'));
    expect((await list()).total).toBe(0);
    const left = await seawall.store.query(runtimeSchema).selectFrom('detection').select('id').execute();
    expect(left).toEqual([]);
  });

  test('are counted and turned over by page however many there are, for who sees some of them too', async () => {
    const many = Array.from({ length: 1100 }, (_, index) =>
      reported(`many ${index}`, -11 * (index + 1), { on: 'wiki' }),
    );
    for (let from = 0; from < many.length; from += 100) {
      seawall.turnTo(new Date(Date.UTC(2026, 10, 24, 14 + from / 50)));
      await seawall.report('test-1', 'detection', many.slice(from, from + 100));
    }
    for (const who of [undefined, scoped]) {
      const pages = await Promise.all(
        [0, 1000, 1099].map((offset) => list({ container: containerNamed('wiki'), offset, limit: 100 }, who)),
      );
      expect(pages.map(({ total, open }) => [total, open])).toEqual([0, 1, 2].map(() => [1100, 1100]));
      expect(pages.map(({ incidents }) => incidents.length)).toEqual([100, 100, 1]);
      const times = pages.flatMap(({ incidents }) => incidents.map(({ lastAt }) => lastAt));
      expect(times).toEqual(times.toSorted().toReversed());
      expect(new Set(pages.flatMap(({ incidents }) => incidents.map(({ id }) => id))).size).toBe(200);
    }
    const rule = {
      name: 'Wikis',
      state: 'on',
      drift: 'prevent',
      code: 'prevent',
      process: 'prevent',
      preventFrom: 'active',
    } as const;
    const body = { rule: { ...rule, execSessions: 'record' as const, neverLearn: [] } };
    const { stopped, alerted, ignored } = await seawall.ask(api.replayRuntimeRule, { body });
    expect(stopped + alerted + ignored).toBe(1100);
  }, 60_000);
});
