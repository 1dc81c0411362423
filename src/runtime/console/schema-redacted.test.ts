import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import type { DomainSchema, Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { modelIdIn, modelIdOf } from '../model-id.ts';
import { runtimeSchema } from './schema.ts';
import { redactedCommands } from './schema-redacted.ts';
import { detection, keyNamed } from './testing.ts';

const { '0011-redacted-commands': _, ...before } = runtimeSchema.migrations;
const asBefore: DomainSchema<unknown> = { name: 'runtime', migrations: before };
const secret = 'AKIAQ2TYB7KEJ4NVMLPF';
const old = keyNamed('shop/web:1', ['serve', `--key=${secret}`]);
const shown = keyNamed('shop/web:1', ['serve', '--key=‹redacted len=20›']);
const plain = keyNamed('shop/web:1', ['serve']);

let store: Store;
beforeAll(async () => {
  store = await createTestStore([accessSchema, linkSchema, inventorySchema, catalogSchema, asBefore]);
});
afterAll(async () => await store.close());

const migrated = async () =>
  await store.transaction(
    async (transaction) => await redactedCommands.up(transaction.query(asBefore) as unknown as Kysely<never>),
  );

async function rowsOfRelease(database: Kysely<never>): Promise<void> {
  for (const key of [old, plain])
    await sql`
      insert into runtime.model (id, key_id, environment, digest, entrypoint, repositories, state, version, partial,
        evidence, content, convergence, counts, evaluated, created_at, changed_at)
      values (${modelIdIn(key, 'prod')}, ${modelIdOf(key)}, 'prod', ${key.digest}, ${JSON.stringify(key.entrypoint)}, '{}',
        'active', 7, false, 'learned', '', '{}', '{}', 1, now(), now())`.execute(database);
  const id = modelIdIn(old, 'prod');
  await sql`insert into runtime.curve values (${id}, 'process', 1, now(), 1, null)`.execute(database);
  await sql`insert into runtime.decision values (${id}, 'd', 'process "/bin/x"', 'allow', '', 'ada', now())`.execute(
    database,
  );
  const place = JSON.stringify({ host: 'h', images: [], labels: { team: 'shop', key: secret } });
  await sql`insert into runtime.running values ('h', 'c', ${id}, ${old.digest}, 'prod', ${place})`.execute(database);
  const seen = detection('d1', { container: 'web', image: 'shop/web:1', time: new Date('2026-11-24T12:00:00Z') });
  const stored = { ...seen, entrypoint: old.entrypoint, process: { ...seen.process, argv: ['x', `--k=${secret}`] } };
  await sql`insert into runtime.detection (host, id, time, received_at, container, container_name, digest, model,
      environment, notice, effect, outcome, place, detection)
    values ('h', 'd1', now(), now(), 'c', 'web', ${old.digest}, ${id}, 'prod', false, 'alert', 'observed', ${place},
      ${JSON.stringify(stored)})`.execute(database);
}

test('a model of before goes on under its redacted command, and no row keeps the secret', async () => {
  const database = store.query(asBefore) as unknown as Kysely<never>;
  await rowsOfRelease(database);
  await migrated();
  await migrated();
  const { rows: models } = await sql`select id, entrypoint, version, evidence::text as evidence,
      (select count(*)::int from runtime.decision where model = id) as decisions,
      (select count(*)::int from runtime.curve where model = id) as points,
      (select count(*)::int from runtime.running where model = id) as running
    from runtime.model order by decisions desc`.execute(database);
  expect(models).toMatchObject([
    { id: modelIdIn(shown, 'prod'), entrypoint: shown.entrypoint, version: 7, decisions: 1, points: 1, running: 1 },
    { id: modelIdIn(plain, 'prod'), entrypoint: ['serve'], decisions: 0 },
  ]);
  for (const table of ['model', 'running', 'detection']) {
    const { rows } = await sql<{ text: string }>`select row_to_json(one)::text as text
      from ${sql.table(`runtime.${table}`)} as one`.execute(database);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ text }) => text).join('')).not.toContain(secret);
  }
  const { rows } = await sql<{ place: object }>`select place from runtime.running`.execute(database);
  expect(rows).toMatchObject([{ place: { labels: { team: 'shop', key: '‹redacted len=20›' } } }]);
});
