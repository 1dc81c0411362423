import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { linkSchema } from '#link/console/index.ts';
import type { DomainSchema, Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { entryCounts } from './migrations.ts';
import { runtimeSchema } from './schema.ts';

const { '0010-entry-counts': _, ...before } = runtimeSchema.migrations;
const asBefore: DomainSchema<unknown> = { name: 'runtime', migrations: before };

let store: Store;
beforeAll(async () => {
  store = await createTestStore([accessSchema, linkSchema, inventorySchema, catalogSchema, asBefore]);
});
afterAll(async () => await store.close());

test('a summary of an earlier version keeps its counts, those of entries under the name of now', async () => {
  const database = store.query(asBefore);
  const insert = (id: string, counts: object) => sql`
    insert into runtime.model (id, key_id, environment, digest, entrypoint, repositories, state, version, partial,
      evidence, content, convergence, counts, evaluated, created_at, changed_at)
    values (${id}, ${id}, '', 'sha256:1', '[]', '{}', 'learning', 1, false, '', '', '{}', ${JSON.stringify(counts)}, 1,
      now(), now())`;
  await insert('former', { items: 7, unconfirmed: 1, pending: 2, review: 3 }).execute(database);
  await insert('new', { entries: 4, unconfirmed: 0, pending: 0, review: 0 }).execute(database);
  await store.transaction(
    async (transaction) => await entryCounts.up(transaction.query(asBefore) as unknown as Kysely<never>),
  );
  const { rows } = await sql<{ id: string; counts: object }>`select id, counts from runtime.model order by id`.execute(
    database,
  );
  expect(rows).toEqual([
    { id: 'former', counts: { entries: 7, unconfirmed: 1, pending: 2, review: 3 } },
    { id: 'new', counts: { entries: 4, unconfirmed: 0, pending: 0, review: 0 } },
  ]);
});
