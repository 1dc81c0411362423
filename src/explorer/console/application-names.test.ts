import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReplyOf } from '#http/index.ts';
import type { DomainSchema, Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { getApplication, listApplications, listImages } from '../contract.ts';
import { createExplorer, type ExplorerService } from './index.ts';
import { advisories, clock, databaseBuiltAt, image } from './sample.testing.ts';
import { explorerSchema } from './schema.ts';
import { ask, containerOf, type Estate, estateOn, estateSchemas, subjectOf } from './testing.ts';

const label = (name: string) => ({ labels: { 'com.docker.compose.project': name } });

describe('applications whose names differ in case alone', () => {
  let store: Store;
  let estate: Estate;
  let explorer: ExplorerService;

  beforeAll(async () => {
    store = await createTestStore(estateSchemas);
    estate = await estateOn(store, clock);
    explorer = createExplorer({ store, clock });
    await estate.useDatabase(databaseBuiltAt('2026-11-24T00:00:00.000Z', advisories));
    for (const [number, host, name] of [
      [1, 'p1', 'Shop'],
      [2, 'p2', 'shop'],
      [3, 'p3', 'Überfahrt'],
      [4, 'p4', 'ÜBERFAHRT'],
    ] as const) {
      const which = await estate.publish(image(number, `shop/part-${number}:1`, ['openssl']));
      const subject = subjectOf(number);
      await estate.report({
        name: host,
        environment: 'prod',
        present: [{ subject, names: [`shop/part-${number}:1`] }],
        containers: [containerOf(number, subject, label(name))],
      });
      await explorer.refreshHost({ host });
      await estate.match(which);
      await explorer.refreshSubject(which);
    }
  });
  afterAll(async () => {
    await estate.close();
    await store.close();
  });

  test('are one, called as it was first written', async () => {
    const { applications, total } = (await ask(explorer.routes, listApplications.path, {})) as ReplyOf<
      typeof listApplications
    >;
    expect(total).toBe(2);
    expect(
      applications.map(({ name, images, containers, hosts }) => [name, images, containers, hosts]).toSorted(),
    ).toEqual([
      ['Shop', 2, 2, 2],
      ['Überfahrt', 2, 2, 2],
    ]);
  });

  test('are found by any case', async () => {
    for (const name of ['Shop', 'shop', 'SHOP']) {
      const detail = (await ask(explorer.routes, getApplication.path, { params: { name } })) as ReplyOf<
        typeof getApplication
      >;
      expect([detail.row.name, detail.parts.length]).toEqual(['Shop', 2]);
      const list = (await ask(explorer.routes, listImages.path, { query: { application: name } })) as ReplyOf<
        typeof listImages
      >;
      expect(list.images.map(({ applications }) => applications)).toEqual([['Shop'], ['Shop']]);
    }
  });
});

test('become one in tables of before, called as it is written most', async () => {
  const all = Object.entries(explorerSchema.migrations);
  const last = all.findIndex(([name]) => name === '0015-application-names');
  const before: DomainSchema<unknown> = {
    name: 'explorer',
    migrations: Object.fromEntries(all.slice(0, last)),
  };
  const store = await createTestStore([before]);
  try {
    const rows = await store.transaction(async (transaction) => {
      const tables = transaction.query(before) as Kysely<unknown>;
      await sql`insert into explorer.application_row (name, subject, origin) values
        ('shop', 'a', 'label'), ('Shop', 'a', 'build'), ('shop', 'b', 'label'), ('SHOP', 'c', 'label'), ('tools', 'c', 'label')`.execute(
        tables,
      );
      for (const [, migration] of all.slice(last)) await migration.up(tables);
      const { rows: kept } = await sql<{ name: string; subject: string }>`
        select name, subject from explorer.application_row order by subject, name`.execute(tables);
      return kept.map(({ name, subject }) => `${subject} ${name}`);
    });
    expect(rows).toEqual(['a shop', 'b shop', 'c shop', 'c tools']);
  } finally {
    await store.close();
  }
});
