import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReplyOf } from '#http/index.ts';
import type { DomainSchema, Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { getApplication, listApplications, listImages } from '../contract.ts';
import { applicationKey } from './application-key.ts';
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

  test.each(['SHOP', 'shop', 'über', 'ÜBER'])('are searched for by any case: %s', async (search) => {
    const { applications } = (await ask(explorer.routes, listApplications.path, { query: { search } })) as ReplyOf<
      typeof listApplications
    >;
    expect(applications.map(({ name }) => name)).toEqual([search.toLowerCase() === 'shop' ? 'Shop' : 'Überfahrt']);
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

test('a name that nothing bears any more is let go, so that nobody fills the store with names', async () => {
  const store = await createTestStore(estateSchemas);
  const estate = await estateOn(store, clock);
  const explorer = createExplorer({ store, clock });
  const kept = async () =>
    (await store.query(explorerSchema).selectFrom('application_name').selectAll().execute()).map(({ name }) => name);
  try {
    const report = async (...names: readonly string[]) => {
      const containers = names.map((name, at) => containerOf(at, subjectOf(1), label(name)));
      const present = [{ subject: subjectOf(1), names: ['shop/part:1'] }];
      await estate.report({ name: 'p1', environment: 'prod', present, containers });
      await explorer.refreshHost({ host: 'p1' });
      await explorer.refreshSubject({ subject: subjectOf(1) });
    };
    for (const name of ['Made-up-1', 'Made-up-2', 'Shop']) await report(name);
    expect(await kept()).toHaveLength(3);
    await explorer.recordTrend(clock());
    expect(await kept()).toEqual(['Shop']);
    await report('SHOP', 'made-up-1');
    expect((await kept()).toSorted()).toEqual(['Shop', 'made-up-1']);
  } finally {
    await estate.close();
    await store.close();
  }
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
        ('shop', 'a', 'label'), ('Shop', 'a', 'build'), ('shop', 'b', 'label'), ('SHOP', 'c', 'label'), ('tools', 'c', 'label'),
        ('ÜBERFAHRT', 'd', 'label'), ('ÜBERFAHRT', 'e', 'label'), ('Überfahrt', 'd', 'build')`.execute(tables);
      for (const [, migration] of all.slice(last)) await migration.up(tables);
      const { rows: kept } = await sql<{ name: string; subject: string }>`
        select name, subject from explorer.application_row order by subject, name`.execute(tables);
      const { rows: names } = await sql<{ key: string; name: string }>`
        select key, name from explorer.application_name order by key`.execute(tables);
      expect(names.map(({ key, name }) => [key, applicationKey(name)])).toEqual(names.map(({ key }) => [key, key]));
      return kept.map(({ name, subject }) => `${subject} ${name}`);
    });
    expect(rows).toEqual(['a shop', 'b shop', 'c shop', 'c tools', 'd ÜBERFAHRT', 'e ÜBERFAHRT']);
  } finally {
    await store.close();
  }
});
