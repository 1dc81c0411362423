import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { silentLog } from '#base/index.ts';
import { migrate } from './migrate.ts';
import { openStore } from './open.ts';
import type { DomainSchema, Store } from './store.ts';
import { createTestStore } from './testing.ts';

const up = (statement: string) => ({
  up: async (db: Kysely<unknown>) => {
    await sql.raw(statement).execute(db);
  },
});
const first: DomainSchema<unknown> = { name: 'harbour', migrations: { '1': up('create table berth (id int)') } };
const second: DomainSchema<unknown> = {
  name: 'harbour',
  migrations: { ...first.migrations, '2': up('alter table berth add column depth int') },
};

let store: Store;
let kysely: Kysely<unknown>;
beforeAll(async () => {
  store = await createTestStore([]);
  kysely = store.query<unknown>({ name: 'public', migrations: {} });
});
afterAll(() => store.close());

const columns = async (): Promise<readonly string[]> => {
  const { rows } = await sql<{ name: string }>`select column_name as name from information_schema.columns
    where table_schema = 'harbour' order by 1`.execute(kysely);
  return rows.map((row) => row.name);
};

it('lets one of several programs that start at once migrate', async () => {
  await Promise.all([migrate(kysely, [first]), migrate(kysely, [first]), migrate(kysely, [first])]);
  expect(await columns()).toEqual(['id']);
});

it('leaves everything as it was when a migration of any domain fails', async () => {
  const broken: DomainSchema<unknown> = { name: 'pier', migrations: { '1': up('create table nonsense (') } };
  await expect(migrate(kysely, [second, broken])).rejects.toThrow('syntax error');
  expect(await columns()).toEqual(['id']);
});

it('goes on from where the database is, and refuses one that is ahead', async () => {
  await migrate(kysely, [second]);
  expect(await columns()).toEqual(['depth', 'id']);
  await expect(migrate(kysely, [first])).rejects.toMatchObject({ code: 'store-unavailable' });
});

it('carries a database over whose migrations had other names', async () => {
  const renamed: DomainSchema<unknown> = {
    name: 'harbour',
    migrations: {
      '0001-berths': up('create table berth (id int)'),
      '0002-depths': up('alter table berth add depth int'),
    },
    formerNames: { '0001-berths': '1', '0002-depths': '2' },
  };
  await migrate(kysely, [renamed]);
  const { rows } = await sql<{ name: string }>`select name from store.migration where domain = 'harbour'
    order by name`.execute(kysely);
  expect(rows.map(({ name }) => name)).toEqual(['0001-berths', '0002-depths']);
  await migrate(kysely, [renamed]);
  expect(await columns()).toEqual(['depth', 'id']);
});

it('goes on from a migration that is gone once the one that undid it was applied', async () => {
  const berths = { '0001-berths': up('create table berth (id int)') };
  const quays = up('create table quay (id int)');
  const applied = async (): Promise<readonly string[]> => {
    const { rows } = await sql<{ name: string }>`select name from store.migration where domain = 'dock'
      order by name`.execute(kysely);
    return rows.map(({ name }) => name);
  };
  const now: DomainSchema<unknown> = {
    name: 'dock',
    migrations: { '0002-quays': quays, '0003-depths': up('alter table quay add depth int') },
    undone: { '0001-berths': '0002-quays' },
  };
  await migrate(kysely, [{ name: 'dock', migrations: berths }]);
  await expect(migrate(kysely, [now])).rejects.toMatchObject({ code: 'store-unavailable' });
  expect(await applied()).toEqual(['0001-berths']);
  const instead = up('drop table berth; create table quay (id int)');
  await migrate(kysely, [{ name: 'dock', migrations: { ...berths, '0002-quays': instead } }]);
  await migrate(kysely, [now]);
  await migrate(kysely, [now]);
  expect(await applied()).toEqual(['0002-quays', '0003-depths']);
});

it('says that a database cannot be reached, without its password', async () => {
  const place = { kind: 'url', url: 'postgres://ann:hunter2@127.0.0.1:1/seawall' } as const;
  const error: unknown = await openStore({ place, schemas: [], log: silentLog }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'store-unavailable', message: expect.stringContaining('ECONNREFUSED') });
  expect(String(error)).not.toContain('hunter2');
});
