import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import type { DomainSchema, Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { agentOf, containerFact, hostFact, imageFact, reportAs } from '#inventory/console/testing.ts';
import { modelIdIn, modelIdOf } from '../model-id.ts';
import { behaviourOfEnvironments } from './environment-migration.ts';
import { packEvidence, readModel } from './models.ts';
import { runtimeSchema } from './schema.ts';
import { behaviour, containerNamed, keyNamed } from './testing.ts';

const now = new Date('2026-11-24T12:00:00Z');
const last = '0004-behaviour-of-environments';
const { [last]: _, '0011-redacted-commands': __, ...before } = runtimeSchema.migrations;
const asBefore: DomainSchema<unknown> = { name: 'runtime', migrations: before };

let store: Store;
beforeAll(async () => {
  store = await createTestStore([accessSchema, linkSchema, inventorySchema, catalogSchema, asBefore]);
});
afterAll(async () => await store.close());

/** A model as v0.1 stored it, with an entry, a person's word and a point of its curve. */
async function modelOfBefore(image: string): Promise<string> {
  const key = keyNamed(image);
  const id = modelIdOf(key);
  const { evidence } = behaviour(image, { paths: ['/bin/date'], hours: [now] });
  const database = store.query(runtimeSchema);
  await sql`
    insert into runtime.model (id, digest, entrypoint, repositories, state, version, partial, evidence, content,
      convergence, counts, evaluated, activated_at, created_at, changed_at)
    values (${id}, ${key.digest}, ${JSON.stringify(key.entrypoint)}, '{shop/web}', 'active', 7, false,
      ${await packEvidence(evidence)}, 'content', '{}', '{"items":1,"unconfirmed":0,"pending":0,"review":0}', 1, ${now},
      ${now}, ${now})`.execute(database);
  await sql`insert into runtime.decision values (${id}, 'digest', 'process "/bin/x"', 'allow', '', 'ada', ${now})`.execute(
    database,
  );
  await sql`insert into runtime.curve values (${id}, 'process', 1, ${now}, 1, null)`.execute(database);
  return id;
}

const modelsOf = async (image: string) => {
  const { rows } = await sql<{ id: string; environment: string; decisions: number; points: number }>`
    select id, environment, (select count(*)::int from runtime.decision where model = id) as decisions,
      (select count(*)::int from runtime.curve where model = id) as points
    from runtime.model where key_id = ${modelIdOf(keyNamed(image))} order by environment`.execute(
    store.query(runtimeSchema),
  );
  return rows;
};

test('what v0.1 learned counts wherever its image lies or ran, so that no model in force loses an entry', async () => {
  const inStore = { kind: 'image' as const };
  for (const host of ['prod-1', 'dev-1', 'test-1'])
    await reportAs(store, agentOf(host, host.split('-')[0]), { kind: 'host', bodies: [hostFact()] });
  await reportAs(store, agentOf('prod-1', 'prod'), { kind: 'container', bodies: [containerFact('web', 'shop/web:1')] });
  await reportAs(store, agentOf('dev-1', 'dev'), { ...inStore, bodies: [imageFact('shop/web:1')] });
  await reportAs(store, agentOf('dev-1', 'dev'), { ...inStore, bodies: [imageFact('shop/web:1', { state: 'gone' })] });
  const web = await modelOfBefore('shop/web:1');
  const gone = await modelOfBefore('shop/gone:1');
  const database = store.query(runtimeSchema);
  await sql`insert into runtime.running values ('prod-1', ${containerNamed('web')}, ${web}, ${keyNamed('shop/web:1').digest},
    'prod', '{}')`.execute(database);
  await sql`insert into runtime.detection (host, id, time, received_at, container, container_name, digest, model,
      environment, notice, effect, outcome, place, detection)
    values ('prod-1', 'd1', ${now}, ${now}, 'c', 'web', ${keyNamed('shop/web:1').digest}, ${web}, 'prod', false, 'alert',
      'observed', '{}', '{}')`.execute(database);

  await store.transaction(
    async (transaction) =>
      await behaviourOfEnvironments.up(transaction.query(runtimeSchema) as unknown as Kysely<never>),
  );

  const key = keyNamed('shop/web:1');
  expect(await modelsOf('shop/web:1')).toEqual([
    { id: modelIdIn(key, 'dev'), environment: 'dev', decisions: 1, points: 1 },
    { id: modelIdIn(key, 'prod'), environment: 'prod', decisions: 1, points: 1 },
  ]);
  for (const environment of ['dev', 'prod'])
    expect(await readModel(store, modelIdIn(key, environment))).toMatchObject({
      version: 7,
      state: 'active',
      environment,
      evidence: { items: [{ fact: { path: '/bin/date' }, state: 'confirmed', seenIn: [environment] }] },
    });
  // Decisions reached every later version before.
  const { rows: reaches } = await sql<{ scope: string }>`select distinct scope from runtime.decision`.execute(database);
  expect(reaches).toEqual([{ scope: 'lineage' }]);
  // Nobody knows where this one ran: it counts wherever it counted before.
  expect((await modelsOf('shop/gone:1')).map(({ environment }) => environment)).toEqual(['dev', 'prod', 'test']);
  const { rows } = await sql<{ model: string }>`
    select model from runtime.running union all select model from runtime.detection`.execute(database);
  expect(rows.map(({ model }) => model)).toEqual([modelIdIn(key, 'prod'), modelIdIn(key, 'prod')]);
  const left = await sql`select id from runtime.model where id = any(${[web, gone]}::text[])`.execute(database);
  expect(left.rows).toEqual([]);
});
