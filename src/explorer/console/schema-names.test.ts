import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DomainSchema, Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { explorerSchema } from './schema.ts';

const firstRename = '0011-environments';
const [before, renames] = [false, true].map((isRename) =>
  Object.entries(explorerSchema.migrations).filter(([name]) => name >= firstRename === isRename),
);
const asBefore: DomainSchema<unknown> = { name: 'explorer', migrations: Object.fromEntries(before ?? []) };

let store: Store;
let database: Kysely<unknown>;
beforeAll(async () => {
  store = await createTestStore([asBefore]);
  database = store.query(asBefore);
});
afterAll(async () => await store.close());

const key = '00000000-0000-4000-8000-000000000001';
const rowsOf = async (table: string) =>
  (await sql<Record<string, unknown>>`select * from ${sql.table(`explorer.${table}`)}`.execute(database)).rows;

test('renames what earlier versions named otherwise, and keeps every row', async () => {
  for (const statement of [
    `insert into explorer.image_environment (image, place, hosts, containers, mass, contexts)
      values (1, 'prod', 2, 3, 0.5, '[]')`,
    `insert into explorer.finding_place values (1, 'prod', '${key}', '${key}', 0, false, true, true, true, 97.5)`,
    `insert into explorer.component_place values (1, '${key}', '*', 97.5, 0.5, 0.25)`,
    `insert into explorer.package_row values (1, 7, 'deb', 0, 'pkg:deb/a@1', 'a', '{}')`,
    `insert into explorer.upgrade (place, upgrade, package, type, to_version, installed, removes, images, worst, mass)
      values ('prod', '${key}', 'a', 'deb', '2', '{1}', 3, 1, 0, 1.5)`,
    `insert into explorer.vulnerability_shift values ('prod', '${key}', false, null, 1, 2, 3, 4, 5)`,
    `insert into explorer.upgrade_shift values ('${key}', 'prod', -0.25)`,
    `insert into explorer.touched values ('upgrade', '${key}')`,
    `insert into explorer.trend_point values ('*', '2026-11-24T21:00:00Z', '{"images":1,"mass":0.75,"index":41}')`,
    `insert into explorer.unscanned_row values ('quay', 4, 'web:1', 'unreadable', 'no reason')`,
  ])
    await sql.raw(statement).execute(database);
  await store.transaction(async (transaction) => {
    for (const [, migration] of renames ?? [])
      await migration.up(transaction.query(asBefore) as unknown as Kysely<never>);
  });
  expect(await rowsOf('image_environment')).toMatchObject([
    { environment: 'prod', hosts: 2, containers: 3, risk_sum: 0.5 },
  ]);
  expect(await rowsOf('finding_environment')).toMatchObject([{ image: 1, environment: 'prod', key, risk: 97.5 }]);
  expect(await rowsOf('component_environment')).toMatchObject([{ environment: '*', component: key, risk_sum: 0.5 }]);
  expect(await rowsOf('upgrade')).toMatchObject([{ environment: 'prod', removes: 3, risk_sum: 1.5 }]);
  expect(await rowsOf('vulnerability_delta')).toMatchObject([{ environment: 'prod', findings: 1, containers: 5 }]);
  expect(await rowsOf('upgrade_delta')).toMatchObject([{ upgrade: key, environment: 'prod', risk_sum: -0.25 }]);
  expect(await rowsOf('dirty_upgrade')).toEqual([{ upgrade: key }]);
  const [point] = await rowsOf('trend_point');
  expect(point).toMatchObject({ environment: '*', point: { images: 1, riskSum: 0.75, index: 41 } });
  expect(Object.keys(point?.['point'] ?? {})).not.toContain('mass');
  expect(await rowsOf('package_row')).toMatchObject([{ position: 7, purl: 'pkg:deb/a@1' }]);
  expect(await rowsOf('unscanned_row')).toMatchObject([{ position: 4, name: 'web:1' }]);
});

test('leaves no former word in the name of a column, table or index', async () => {
  const { rows } = await sql<{ name: string }>`
    select column_name::text as name from information_schema.columns where table_schema = 'explorer'
    union select relname::text from pg_class where relnamespace = 'explorer'::regnamespace`.execute(database);
  const words = rows.flatMap(({ name }) => name.split('_'));
  expect(words.length).toBeGreaterThan(100);
  for (const former of ['place', 'mass', 'shift', 'touched', 'flaw', 'standing'])
    expect([former, words.includes(former)]).toEqual([former, false]);
});
