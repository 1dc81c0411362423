import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Principal } from '#http/console/index.ts';
import {
  changeModel,
  getDesiredConfiguration,
  listModels,
  type DesiredConfiguration,
  type RuntimeRuleText,
} from '../contract.ts';
import { modelIdIn } from '../model-id.ts';
import { runtimeRules } from './rules.ts';
import { runtimeSchema } from './schema.ts';
import { ada, behaviour, keyNamed, openTestRuntime, type TestRuntime } from './testing.ts';

const pier = agentNamed('prod-1');
const web = keyNamed('shop/web:1');
const key = { ...web, entrypoint: [...web.entrypoint] };

function agentNamed(name: string): Principal {
  return { kind: 'agent', id: name, name, permissions: ['report'] };
}

describe('the configuration of an agent', () => {
  let at: TestRuntime;

  beforeAll(async () => {
    at = await openTestRuntime();
    await at.run({ name: 'web', image: 'shop/web:1', host: 'prod-1' });
    await at.run({ name: 'wiki', image: 'shop/wiki:1', host: 'test-1' });
  });
  afterAll(async () => await at.close());

  async function configuration(more: object = {}, agent = pier): Promise<DesiredConfiguration> {
    return await at.ask(
      getDesiredConfiguration,
      { body: { models: [{ key, version: 0 }], images: [], ...more } },
      agent,
    );
  }

  async function save(id: string, more: Partial<RuntimeRuleText> = {}): Promise<void> {
    const [usual] = (await configuration()).rules.slice(-1);
    if (usual === undefined) throw new Error('There is no last rule.');
    const { id: _, version: __, ...text } = { ...usual, ...more };
    await at.store.transaction(
      async (transaction) => void (await runtimeRules.addVersion(transaction, { ...text, id }, { now: at.now() })),
    );
  }

  /** What the agent gets, and after how many milliseconds once the change was made. */
  async function wokenBy(known: DesiredConfiguration, change: () => Promise<void>) {
    const models = [{ key, version: known.models[0]?.version ?? 0 }];
    const waited = configuration({ known: known.revision, wait: 10, models }).then((got) => ({
      got,
      came: performance.now(),
    }));
    await pause(100);
    await change();
    const changed = performance.now();
    const { got, came } = await waited;
    return { got, after: came - changed };
  }

  test('begin with the default rule, which stops nothing, and the models of its containers', async () => {
    expect(await configuration()).toMatchObject({
      bucketSeconds: 3600,
      rules: [{ id: 'default', version: 1, drift: 'alert', code: 'alert', process: 'alert', execSessions: 'record' }],
      models: [{ key, version: 1, state: 'learning' }],
    });
    expect(await configuration()).not.toHaveProperty('environment');
  });

  test('hold no model of an image that lies elsewhere, and none that the agent has', async () => {
    const foreign = keyNamed('shop/wiki:1');
    const models = [
      { key, version: 1 },
      { key: foreign, version: 0 },
    ];
    expect((await configuration({ models })).models).toEqual([]);
    expect((await configuration({ models }, agentNamed('test-1'))).models).toMatchObject([{ key: foreign }]);
  });

  test('are for agents alone', async () => {
    await expect(configuration({}, ada)).rejects.toMatchObject({ code: 'not-allowed' });
  });

  test('wait while nothing is new, as long as is asked', async () => {
    const known = await configuration();
    const began = performance.now();
    const same = await configuration({ known: known.revision, wait: 1, models: [{ key, version: 1 }] });
    expect(performance.now() - began).toBeGreaterThan(900);
    expect(same.revision).toBe(known.revision);
    expect(same.models).toEqual([]);
  });

  test('come within 100 ms of a rule that changed, new ones before the last', async () => {
    const { got, after } = await wokenBy(await configuration(), async () => await save('strict', { drift: 'prevent' }));
    expect(got.rules.map(({ id, version, drift }) => [id, version, drift])).toEqual([
      ['strict', 1, 'prevent'],
      ['default', 1, 'alert'],
    ]);
    // A busy machine may be late once.
    const again = await wokenBy(got, async () => await save('strict', { drift: 'block' }));
    expect(Math.min(after, again.after)).toBeLessThan(100);
  });

  test('come when a model of its containers knows more, and then hold it', async () => {
    const reported = behaviour('shop/web:1', { paths: ['/serve'], hours: [new Date('2026-11-24T11:00:00Z')] });
    const { got, after } = await wokenBy(
      await configuration(),
      async () => await at.report('prod-1', 'behaviour', [reported]),
    );
    expect(after).toBeLessThan(2000);
    expect(got.models).toMatchObject([{ key, version: 2, evidence: { items: [{ fact: { path: '/serve' } }] } }]);
  });

  test('hold unasked what may be started of the images that lie there, once it judges something', async () => {
    const { digest } = web;
    const asked = { models: [], images: [digest, keyNamed('shop/wiki:1').digest] };
    const known = await configuration(asked);
    expect(known.models).toEqual([]);
    const [id = ''] = (await at.ask(listModels, { query: { image: digest } })).models.map((one) => one.id);
    const waited = configuration({ ...asked, known: known.revision, wait: 10 });
    await at.ask(changeModel, { params: { id }, body: { to: 'active' } });
    const { models } = await waited;
    expect(models).toMatchObject([{ key, state: 'active', environment: 'prod' }]);
    await at.hold('prod-2', 'shop/web:1');
    expect((await configuration(asked, agentNamed('prod-2'))).models).toEqual([]);
    const had = { ...asked, models: [{ key, version: models[0]?.version ?? 0 }] };
    expect((await configuration(had)).models).toEqual([]);
    expect((await configuration(asked, agentNamed('test-1'))).models).toEqual([]);
    expect((await configuration({ ...asked, images: [] })).models).toEqual([]);
  });

  test('rest when the host has a model of its own environment and one of that which a label chose', async () => {
    const digest = keyNamed('shop/job:1').digest;
    const job = { digest, entrypoint: ['serve'] };
    await at.run({ name: 'job', image: 'shop/job:1', host: 'prod-1' });
    const reported = behaviour('shop/job:1', { paths: ['/serve'], hours: [new Date('2026-11-24T11:00:00Z')] });
    await at.report('prod-1', 'behaviour', [reported]);
    const [first] = (await at.ask(listModels, { query: { image: digest } })).models;
    await at.ask(changeModel, { params: { id: first?.id ?? '' }, body: { to: 'active' } });
    await at.store
      .query(runtimeSchema)
      .deleteFrom('running')
      .where('model', '=', first?.id ?? '')
      .execute();
    const chosen = modelIdIn(job, 'dev');
    const copy = sql`jsonb_populate_record(model, ${JSON.stringify({ id: chosen, environment: 'dev', version: 7 })}::jsonb)`;
    await sql`insert into runtime.model select (${copy}).* from runtime.model where id = ${first?.id ?? ''}`.execute(
      at.store.query(runtimeSchema),
    );
    await sql`insert into runtime.running (host, container, model, digest, environment, place)
      values ('prod-1', 'c', ${chosen}, ${digest}, 'dev', '{"images": [], "labels": {}, "host": "prod-1"}')`.execute(
      at.store.query(runtimeSchema),
    );
    const dev = { key: job, version: 7, environment: 'dev' };
    const asked = { images: [digest], models: [dev] };
    const [own] = (await configuration(asked)).models;
    expect(own).toMatchObject({ environment: 'prod' });
    const both = [dev, { key: job, version: own?.version ?? 0 }];
    expect((await configuration({ images: [digest], models: both })).models).toEqual([]);
  });

  test('name the collections of rules, and the environment that one gives the host', async () => {
    await save('strict', { collections: ['quays'] });
    expect((await configuration()).collections).toEqual([]);
    const { got } = await wokenBy(
      await configuration(),
      async () => await at.collection('quays', { hosts: ['prod-*'] }, 'live'),
    );
    expect(got.collections).toMatchObject([{ id: 'quays', selects: { hosts: ['prod-*'] } }]);
    await at.resolveEnvironments();
    expect((await configuration()).environment).toBe('live');
  });
});
