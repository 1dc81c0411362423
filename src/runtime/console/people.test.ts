import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { userNamed } from '#http/console/testing.ts';
import { isPartial } from '../evidence.ts';
import * as api from '../contract.ts';
import { modelIdIn } from '../model-id.ts';
import { runtimeSchema } from './schema.ts';
import {
  ada,
  behaviour,
  containerNamed,
  detection,
  digestNamed,
  keyNamed,
  openTestRuntime,
  type TestRuntime,
} from './testing.ts';

const hours = 60 * 60_000;
const start = new Date('2026-11-24T00:00:00Z');
const after = (count: number): Date => new Date(start.getTime() + count * hours);
const web = modelIdIn(keyNamed('shop/web:1'), 'prod');
const inTest = modelIdIn(keyNamed('shop/web:1'), 'test');
const wiki = modelIdIn(keyNamed('shop/wiki:1'), 'prod');
const scoped = userNamed('rita', ['read'], ['webs']);

describe('models, as people see and change them', () => {
  let at: TestRuntime;

  beforeAll(async () => {
    at = await openTestRuntime();
    at.turnTo(after(0));
    await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    await at.run({ name: 'web-2', image: 'shop/web:1', host: 'prod-2' });
    await at.run({ name: 'web-3', image: 'shop/web:1', host: 'test-1' });
    await at.run({ name: 'wiki', image: 'shop/wiki:1', host: 'prod-1' });
    await at.collection('webs', { images: ['*web*'] });
  });
  afterAll(async () => await at.close());

  async function actions(): Promise<readonly string[]> {
    const rows = await at.store.query(accessSchema).selectFrom('audit').select('action').orderBy('sequence').execute();
    return rows.map(({ action }) => action);
  }

  const summary = async (id = web) => (await at.ask(api.getModel, { params: { id } })).summary;

  test('are listed with where they run, and searched', async () => {
    const { models, total } = await at.ask(api.listModels, {});
    expect(total).toBe(3);
    expect(models).toMatchObject([
      { id: web, names: ['shop/web:1'], containers: 2, hosts: 2, environment: 'prod', state: 'learning' },
      { id: inTest, names: ['shop/web:1'], containers: 1, hosts: 1, environment: 'test', evidenceFrom: [] },
      { id: wiki, names: ['shop/wiki:1'], containers: 1, hosts: 1, environment: 'prod' },
    ]);
    const found = async (query: object) =>
      (await at.ask(api.listModels, { query })).models.map(({ names }) => names[0]);
    expect(await found({ search: 'WIKI' })).toEqual(['shop/wiki:1']);
    expect(await found({ search: 'serve' })).toHaveLength(3);
    expect(await found({ environment: 'test' })).toEqual(['shop/web:1']);
    expect(await found({ image: digestNamed('shop/wiki:1') })).toEqual(['shop/wiki:1']);
    expect(await found({ state: 'active' })).toEqual([]);
    expect(await found({ limit: 1, offset: 2 })).toEqual(['shop/wiki:1']);
  });

  test('are shown to who is scoped as far as their collections reach', async () => {
    expect((await at.ask(api.listModels, {}, scoped)).models.map(({ id }) => id)).toEqual([web, inTest]);
    await expect(at.ask(api.getModel, { params: { id: wiki } }, scoped)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('become active after ten clean hours, once, with a curve that comes down', async () => {
    for (let hour = 0; hour < 12; hour++) {
      at.turnTo(after(hour));
      const host = hour % 2 === 0 ? 'prod-1' : 'prod-2';
      await at.report(host, 'behaviour', [
        behaviour('shop/web:1', { paths: ['/serve', '/bin/date'], hours: [after(hour)] }),
      ]);
      expect((await summary()).state, `after ${hour + 1} hours`).toBe(hour < 9 ? 'learning' : 'active');
    }
    const { curve, model } = await at.ask(api.getModel, { params: { id: web } });
    expect(model.convergence.process).toMatchObject({ verdict: 'active', hours: 12, novelHours: 0 });
    expect(model.activatedAt).toBe(after(9).toISOString());
    expect(curve.map(({ hours: seen }) => seen)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(curve.at(-1)?.upper80).toBeLessThan(curve.at(2)?.upper80 ?? 0);
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from store.unclaimed_fact
      where fact = 'model-activated'`.execute(at.store.query(runtimeSchema));
    expect(rows).toEqual([{ count: 1 }]);
  });

  test('know with time alone that a loss is long ago', async () => {
    at.turnTo(after(13));
    await at.report('prod-1', 'loss', [
      { container: containerNamed('wiki'), dimension: 'process', count: 1, at: after(13).toISOString() },
    ]);
    const blocked = async () => (await summary(wiki)).convergence.process?.blockedBy.join() ?? '';
    await at.report('prod-1', 'behaviour', [
      behaviour('shop/wiki:1', { paths: ['/serve'], hours: Array.from({ length: 12 }, (_, hour) => after(hour)) }),
    ]);
    expect(await blocked()).toContain('lost in the last');
    at.turnTo(after(40));
    await at.runtime.renewModels();
    expect(await blocked()).not.toContain('lost in the last');
    expect(await summary(wiki)).toMatchObject({ state: 'active', partial: true });
  });

  test('take a person’s word on a line, keep it against what agents tell, and take it back', async () => {
    const decide = async (decision: 'allow' | 'deny' | 'undo', key: string) =>
      (await at.ask(api.decideEntry, { params: { id: web }, body: { key, decision, reason: 'seen' } })).entry;
    const { model } = await at.ask(api.getModel, { params: { id: web } });
    const key = model.evidence.items[0]?.key ?? '';
    expect(await decide('deny', key)).toMatchObject({ state: 'denied', source: 'user', decidedBy: 'ada' });
    at.turnTo(after(41));
    await at.report('test-1', 'behaviour', [
      behaviour('shop/web:1', { paths: ['/serve', '/bin/date'], hours: [after(41)] }),
    ]);
    const read = async () =>
      (await at.ask(api.getModel, { params: { id: web } })).model.evidence.items.find((entry) => entry.key === key);
    expect(await read()).toMatchObject({ state: 'denied', decidedBy: 'ada' });
    expect(await decide('undo', key)).toMatchObject({ state: 'confirmed', source: 'learned' });
    await expect(decide('allow', 'process "/nothing"')).rejects.toMatchObject({ code: 'not-found' });
    expect((await actions()).slice(-2)).toEqual(['model-entry-denied', 'model-decision-undone']);
  });

  test('raise their version with each word of a person, so that agents hear of it', async () => {
    const version = async () => (await at.ask(api.getModel, { params: { id: web } })).model.version;
    const before = await version();
    const { model } = await at.ask(api.getModel, { params: { id: web } });
    const body = { key: model.evidence.items[0]?.key ?? '', decision: 'allow' } as const;
    await at.ask(api.decideEntry, { params: { id: web }, body });
    expect(await version()).toBe(before + 1);
  });

  test('learn anew from nothing but what people decided, whatever is told late', async () => {
    at.turnTo(after(50));
    await at.ask(api.changeModel, { params: { id: web }, body: { to: 'relearning' } });
    const { model } = await at.ask(api.getModel, { params: { id: web } });
    expect(model).toMatchObject({ state: 'relearning', evidence: { items: [{ state: 'confirmed', source: 'user' }] } });
    expect(model).not.toHaveProperty('activatedAt');
    await at.report('prod-1', 'behaviour', [
      behaviour('shop/web:1', { paths: ['/bin/old'], hours: [after(20)] }),
      behaviour('shop/web:1', { paths: ['/bin/new'], hours: [after(49), after(50)] }),
    ]);
    const again = await at.ask(api.getModel, { params: { id: web } });
    expect(again.model.evidence.items.map(({ fact }) => fact)).toMatchObject([
      { path: '/bin/date' },
      { path: '/bin/new' },
    ]);
    expect(again.summary.convergence.process?.hours).toBe(1);
    expect(isPartial(again.model.evidence)).toBe(false);
  });

  test('are switched on by a person, who is named, and frozen', async () => {
    await at.ask(api.changeModel, { params: { id: web }, body: { to: 'active' } });
    expect((await at.ask(api.getModel, { params: { id: web } })).model).toMatchObject({
      state: 'active',
      activatedBy: 'ada',
    });
    await at.ask(api.changeModel, { params: { id: web }, body: { to: 'manual' } });
    await at.report('prod-1', 'behaviour', [behaviour('shop/web:1', { paths: ['/bin/late'], hours: [after(50)] })]);
    const { model } = await at.ask(api.getModel, { params: { id: web } });
    expect(model.evidence.items.map(({ fact, state }) => ['path' in fact ? fact.path : '', state])).toEqual([
      ['/bin/date', 'confirmed'],
      ['/bin/late', 'review'],
      ['/bin/new', 'confirmed'],
    ]);
    expect((await actions()).slice(-3)).toEqual(['model-changed', 'model-changed', 'model-changed']);
  });
});

describe('alerts and rules', () => {
  let at: TestRuntime;

  beforeAll(async () => {
    at = await openTestRuntime();
    at.turnTo(after(12));
    await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    await at.run({ name: 'wiki', image: 'shop/wiki:1', host: 'test-1' });
    await at.collection('webs', { images: ['*web*'] });
    const one = (id: string, more: Partial<api.Detection> = {}, image = 'web') =>
      detection(id, { container: image, image: `shop/${image}:1`, time: after(id === 'late' ? 1 : 11) }, more);
    await at.report('prod-1', 'detection', [
      one('first'),
      one('notice', { detector: 'unexpected-process', notice: true }),
      one('stopped', { outcome: 'refused', effect: 'prevent' }),
      one('late'),
    ]);
    await at.report('test-1', 'detection', [one('wiki', { detector: 'code-drift', dimension: 'file' }, 'wiki')]);
  });
  afterAll(async () => await at.close());

  const alerts = async (query: object = {}, who = ada) =>
    (await at.ask(api.listAlerts, { query }, who)).alerts.map(({ id }) => id);

  test('are listed newest first, by container, image and time, in pages', async () => {
    expect(await alerts()).toEqual(['wiki', 'stopped', 'first', 'late']);
    expect(await alerts({ notices: 'with' })).toEqual(['wiki', 'stopped', 'notice', 'first', 'late']);
    expect(await alerts({ container: 'wiki' })).toEqual(['wiki']);
    expect(await alerts({ container: containerNamed('web').slice(0, 12) })).toEqual(['stopped', 'first', 'late']);
    expect(await alerts({ image: digestNamed('shop/wiki:1') })).toEqual(['wiki']);
    expect(await alerts({ since: after(5).toISOString() })).toEqual(['wiki', 'stopped', 'first']);
    expect(await alerts({ limit: 2 })).toEqual(['wiki', 'stopped']);
    expect(await alerts({ limit: 2, before: 'stopped' })).toEqual(['first', 'late']);
    expect(await alerts({}, scoped)).toEqual(['stopped', 'first', 'late']);
    await expect(alerts({ before: 'nothing' })).rejects.toMatchObject({ code: 'bad-request' });
  });

  const {
    id: _,
    version: __,
    ...usual
  } = {
    id: '',
    version: 1,
    name: 'Strict',
    state: 'on',
    drift: 'prevent',
    code: 'ignore',
    process: 'alert',
    preventFrom: 'protect-ready',
    execSessions: 'judge',
    neverLearn: [],
  } as const;
  const save = async (id: string, more: object = {}, basedOn = 0) =>
    await at.ask(api.putRuntimeRule, { params: { id }, body: { rule: { ...usual, ...more } as never, basedOn } });
  const listed = async (who = ada) => (await at.ask(api.listRuntimeRules, {}, who)).rules;

  test('count what each rule did and holds for', async () => {
    expect(await listed()).toMatchObject([
      { rule: { id: 'default', version: 1 }, savedBy: 'console', containers: 2, hits: { alerted: 3, stopped: 1 } },
    ]);
    expect(await listed(scoped)).toMatchObject([{ containers: 1, hits: { alerted: 2, stopped: 1 } }]);
  });

  test('are tried on what happened before they are saved', async () => {
    const tried = await at.ask(api.replayRuntimeRule, { body: { rule: { ...usual, collections: ['webs'] } as never } });
    expect(tried).toMatchObject({ containers: 1, stopped: 3, alerted: 0, ignored: 1 });
    expect(tried.examples.map(({ id, was, would }) => [id, was, would])).toEqual([
      ['first', 'alerted', 'stopped'],
      ['late', 'alerted', 'stopped'],
    ]);
    expect(await listed()).toHaveLength(1);
  });

  test('stand in an order, with versions, the last one last', async () => {
    await save('strict', { collections: ['webs'] });
    await save('quiet', { drift: 'ignore' });
    const order = async () => (await listed()).map(({ rule, containers }) => `${rule.id} ${containers}`);
    expect(await order()).toEqual(['strict 1', 'quiet 1', 'default 0']);
    await at.ask(api.orderRuntimeRules, { body: { order: ['quiet', 'strict', 'default'] } });
    expect(await order()).toEqual(['quiet 2', 'strict 0', 'default 0']);
    await expect(save('strict')).rejects.toMatchObject({ code: 'conflict' });
    expect((await save('strict', { drift: 'block' }, 1)).rule.version).toBe(2);
    expect((await save('strict', { drift: 'block' }, 2)).rule.version).toBe(2);
    await expect(save('default', { collections: ['webs'] }, 1)).rejects.toMatchObject({ code: 'bad-request' });
    await expect(save('other', { collections: ['nothing'] })).rejects.toMatchObject({ code: 'bad-request' });
    const reorder = at.ask(api.orderRuntimeRules, { body: { order: ['default', 'quiet', 'strict'] } });
    await expect(reorder).rejects.toMatchObject({ code: 'bad-request' });
    const removed = at.ask(api.deleteRuntimeRule, { params: { id: 'default' } });
    await expect(removed).rejects.toMatchObject({ code: 'built-in' });
    await at.ask(api.deleteRuntimeRule, { params: { id: 'quiet' } });
    expect(await order()).toEqual(['strict 2', 'default 0']);
    expect(await at.runtime.usersOfCollection('webs')).toEqual([]);
  });
});
