import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Principal } from '#http/console/index.ts';
import { userNamed } from '#http/console/testing.ts';
import * as api from '../contract.ts';
import { subjectOf } from './dependencies.ts';
import { runtimeSchema } from './schema.ts';
import { behaviour, detection, digestNamed, keyNamed, openTestRuntime, type TestRuntime } from './testing.ts';
import { after, environmentsOf, inEnvironment, miner, ten, usual, web } from './environments.testing.ts';

describe('a model of one environment', () => {
  let at: TestRuntime;
  const { model, items, entries, empty, save, scan } = environmentsOf(() => at);

  beforeAll(async () => {
    at = await openTestRuntime();
  });
  afterAll(async () => await at.close());
  beforeEach(empty);

  describe('what an agent reads', () => {
    const agentNamed = (name: string): Principal => ({ kind: 'agent', id: name, name, permissions: ['report'] });
    const key = { ...keyNamed(web), entrypoint: [...keyNamed(web).entrypoint] };
    const configuration = async (host: string, more: object = {}) =>
      await at.ask(
        api.getDesiredConfiguration,
        { body: { models: [{ key, version: 0, ...more }], images: [] } },
        agentNamed(host),
      );
    const read = async (host: string, more: object = {}) =>
      (await configuration(host, more)).models.map(({ environment, evidence }) => [
        environment,
        ...evidence.items.map(({ fact, seenIn }) => `${fact.path} ${seenIn?.join()}`),
      ]);

    test('is the model of its own environment, and nothing that prod knows', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.report('prod-1', 'behaviour', [behaviour(web, { paths: ['/bin/secret'], hours: [after(9)] })]);
      await at.report('dev-1', 'behaviour', [behaviour(web, { paths: ['/bin/date'], hours: [after(9)] })]);
      expect(await read('dev-1')).toEqual([['dev', '/bin/date dev']]);
      expect(await read('dev-1', { environment: 'prod' })).toEqual([]);
      expect(await read('prod-1')).toEqual([['prod', '/bin/secret prod']]);
    });

    test('is no model of an image that its host holds no more', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await sql`update inventory.image set gone_at = now() where host = 'dev-1'`.execute(at.store.query(runtimeSchema));
      await sql`update inventory.container set state = 'exited' where host = 'dev-1'`.execute(
        at.store.query(runtimeSchema),
      );
      expect(await read('dev-1')).toEqual([]);
    });

    test('is what prod knows where the rule of dev names it', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.report('prod-1', 'behaviour', [behaviour(web, { paths: ['/bin/secret'], hours: [after(9)] })]);
      await save('default', { evidenceFrom: ['prod'] });
      expect(await read('dev-1')).toEqual([['dev', '/bin/secret prod']]);
    });

    test('is no rule or collection that can apply to another host or environment alone', async () => {
      await at.run({ name: 'web', image: web, host: 'dev-1' });
      await at.run({ name: 'web-2', image: web, host: 'prod-1' });
      await at.collection('prod', { environments: ['prod'], images: ['secret/*'] });
      await at.collection('webs', { images: ['*web*'] });
      await save('of-prod', { collections: ['prod'] });
      await save('of-webs', { collections: ['webs'] });
      const { rules, collections } = await configuration('dev-1');
      expect(rules.map(({ id }) => id)).toEqual(['of-webs', 'default']);
      expect(collections.map(({ id }) => id)).toEqual(['webs']);
      expect((await configuration('prod-1')).rules.map(({ id }) => id)).toEqual(['of-prod', 'of-webs', 'default']);
    });
  });

  describe('honest paths', () => {
    test('dev to prod: a rule of prod that names dev lets its evidence count, and marks where it is from', async () => {
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.report('dev-1', 'behaviour', [behaviour(web, { paths: ['/bin/date'], hours: ten })]);
      expect(await model('dev')).toMatchObject({ state: 'active' });
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      expect(await model('prod')).toMatchObject({
        state: 'learning',
        evidence: { items: [] },
      });
      await at.collection('prod', { environments: ['prod'] });
      await save('of-prod', { collections: ['prod'], evidenceFrom: ['dev'] });
      expect(await model('prod')).toMatchObject({
        state: 'active',
        evidenceFrom: ['dev'],
        evidence: { items: [{ fact: { path: '/bin/date' }, seenIn: ['dev'] }] },
      });
      expect(await model('dev')).not.toHaveProperty('evidenceFrom');
    });

    test('dev to prod: what dev learns later, and what it holds back, arrives or stays', async () => {
      await save('default', { evidenceFrom: ['dev'] });
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.runtime.followSources();
      await at.report('dev-1', 'behaviour', [
        behaviour(web, { paths: ['/bin/date', '/usr/bin/nc'], hours: [after(9)] }),
      ]);
      await at.runtime.carryEvidence({ model: inEnvironment('dev') });
      expect(await entries('dev')).toEqual(['/bin/date confirmed', '/usr/bin/nc review']);
      expect(await entries('prod')).toEqual(['/bin/date confirmed']);
    });

    test('a rule that names no other environment any more takes the evidence out, and the model learns again', async () => {
      await save('default', { evidenceFrom: ['dev'] });
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.report('dev-1', 'behaviour', [behaviour(web, { paths: ['/bin/date'], hours: ten })]);
      await at.runtime.followSources();
      expect(await model('prod')).toMatchObject({ state: 'active' });
      await save('default', {});
      expect(await model('prod')).toMatchObject({
        state: 'learning',
        evidence: { items: [] },
      });
      expect(await model('dev')).toMatchObject({ state: 'active' });
    });

    test('the rule is tried before it is saved: which entries come or go, and which alerts would not have been', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.report('dev-1', 'behaviour', [behaviour(web, { paths: ['/bin/date', '/usr/bin/nc'], hours: ten })]);
      await at.report('prod-1', 'behaviour', [behaviour(web, { paths: ['/serve'], hours: ten })]);
      const key = (await items('dev'))[0]?.key ?? '';
      const alert = { detector: 'unexpected-process', class: 'benign', allow: { line: 'it', key } } as const;
      await at.report('prod-1', 'detection', [
        detection('news', { container: 'web', image: web, time: after(11) }, alert),
        detection('drift', { container: 'web', image: web, time: after(11) }),
      ]);
      const tryIt = async (more: object, who?: ReturnType<typeof userNamed>) =>
        await at.ask(api.replayRuntimeRule, { body: { rule: { ...usual, ...more } as never, id: 'default' } }, who);
      const tried = await tryIt({ evidenceFrom: ['dev'] });
      expect(tried).toMatchObject({
        alerted: 1,
        ignored: 1,
        entries: { models: 1, compared: 1, added: 1, removed: 0 },
      });
      expect(tried.examples).toMatchObject([{ id: 'news', was: 'alerted', would: 'ignored' }]);
      expect(tried.entries.examples).toMatchObject([
        { model: inEnvironment('prod'), environment: 'prod', change: 'added', seenIn: ['dev'] },
      ]);
      expect(await entries('prod')).toEqual(['/serve confirmed']);
      await at.collection('dev', { environments: ['dev'] });
      expect((await tryIt({ evidenceFrom: ['dev'] }, userNamed('rita', ['read'], ['dev']))).entries.models).toBe(0);
      await save('default', { evidenceFrom: ['dev'] });
      expect((await tryIt({})).entries).toMatchObject({ added: 0, removed: 1, examples: [{ change: 'removed' }] });
    });

    test('two hosts of one environment learn one model together', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'prod-2' });
      await at.report('prod-1', 'behaviour', [behaviour(web, { paths: ['/bin/a'], hours: [after(1)] })]);
      await at.report('prod-2', 'behaviour', [behaviour(web, { paths: ['/bin/b'], hours: [after(2)] })]);
      expect(await entries('prod')).toEqual(['/bin/a confirmed', '/bin/b confirmed']);
    });

    test('a new digest takes over from the one before it in each environment', async () => {
      const next = 'shop/web:2';
      for (const host of ['prod-1', 'dev-1']) await at.run({ name: `web-${host}`, image: web, host });
      await scan(web, ['serve', 'bin/a', 'bin/b']);
      await scan(next, ['serve', 'bin/a', 'bin/b']);
      await at.report('prod-1', 'behaviour', [behaviour(web, { paths: ['/bin/a'], hours: ten })]);
      await at.report('dev-1', 'behaviour', [behaviour(web, { paths: ['/bin/b'], hours: [after(1)] })]);
      for (const host of ['prod-1', 'dev-1']) await at.run({ name: `next-${host}`, image: next, host });
      for (const environment of ['prod', 'dev'])
        await at.runtime.inheritModel({ model: inEnvironment(environment, next) });
      expect(await entries('prod', next)).toEqual(['/bin/a confirmed']);
      expect(await model('prod', next)).toMatchObject({ state: 'active' });
      expect(await entries('dev', next)).toEqual(['/bin/b confirmed']);
      expect(await model('dev', next)).toMatchObject({ state: 'learning' });
    });

    test('a model is archived where its image lies no more, and in no other environment', async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      const store = at.store.query(runtimeSchema);
      await sql`update inventory.image set gone_at = now() where host = 'dev-1'`.execute(store);
      await sql`update inventory.container set state = 'exited' where host = 'dev-1'`.execute(store);
      await at.runtime.followSubject({ subject: subjectOf(digestNamed(web)) });
      expect((await model('dev'))?.state).toBe('archived');
      expect((await model('prod'))?.state).toBe('learning');
    });

    test('a person’s word on an entry holds in its environment alone', async () => {
      for (const host of ['prod-1', 'dev-1']) {
        await at.run({ name: `web-${host}`, image: web, host });
        await at.report(host, 'behaviour', [behaviour(web, { paths: ['/usr/bin/nc'], hours: [after(9)] })]);
      }
      const [waiting] = await items('dev');
      const body = { key: waiting?.key ?? '', decision: 'allow' } as const;
      await at.ask(api.decideEntry, { params: { id: inEnvironment('dev') }, body });
      expect(await entries('dev')).toEqual(['/usr/bin/nc confirmed']);
      expect(await entries('prod')).toEqual(['/usr/bin/nc review']);
    });
  });

  describe('who sees a part', () => {
    const scoped = userNamed('rita', ['read', 'write-rules', 'operate'], ['dev']);
    beforeEach(async () => {
      await at.run({ name: 'web', image: web, host: 'prod-1' });
      await at.run({ name: 'web-2', image: web, host: 'dev-1' });
      await at.hold('prod-1', web, ['prod.example/secret:1']);
      await at.collection('dev', { environments: ['dev'] });
    });

    test('reads no name, image or host outside the view', async () => {
      await at.report('prod-1', 'behaviour', [behaviour(web, miner)]);
      await at.report('dev-1', 'behaviour', [behaviour(web, miner)]);
      await save('default', { evidenceFrom: ['prod', 'dev'] });
      await at.report('prod-1', 'detection', [detection('d1', { container: 'web', image: web, time: after(11) })]);
      await at.report('dev-1', 'detection', [detection('d2', { container: 'web-2', image: web, time: after(11) })]);
      const [incident] = (await at.ask(api.listIncidents, {}, scoped)).incidents;
      const replies = [
        await at.ask(api.listModels, {}, scoped),
        await at.ask(api.getModel, { params: { id: inEnvironment('dev') } }, scoped),
        await at.ask(api.listIncidents, {}, scoped),
        await at.ask(api.getIncident, { params: { id: incident?.id ?? 0 } }, scoped),
      ];
      for (const reply of replies) expect(JSON.stringify(reply)).not.toMatch(/prod-1|prod\.example/);
      expect((await at.ask(api.listModels, {}, scoped)).models.map(({ environment }) => environment)).toEqual(['dev']);
      const { siblings } = await at.ask(api.getIncident, { params: { id: incident?.id ?? 0 } }, scoped);
      expect(siblings).toEqual({ running: 1, same: 1 });
    });

    test('changes no model outside the view', async () => {
      await at.report('prod-1', 'behaviour', [behaviour(web, miner)]);
      const params = { id: inEnvironment('prod') };
      const hidden = { code: 'not-found' };
      await expect(at.ask(api.getModel, { params }, scoped)).rejects.toMatchObject(hidden);
      const body = { key: (await items('prod'))[0]?.key ?? '', decision: 'deny' } as const;
      await expect(at.ask(api.decideEntry, { params, body }, scoped)).rejects.toMatchObject(hidden);
      await expect(at.ask(api.changeModel, { params, body: { to: 'active' } }, scoped)).rejects.toMatchObject(hidden);
    });
  });
});
