import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { linkSchema } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { listContainers, listHosts } from '../contract.ts';
import { limits } from '../limits.ts';
import { createInventory, inventorySchema } from './index.ts';
import { agentOf, containerFact, hostFact, imageFact, subjectNamed, reportAs } from './testing.ts';

const pier = agentOf('pier-1', 'prod');
const quay = agentOf('quay-1', 'prod');
const numbers = (length: number, from = 0): readonly number[] => Array.from({ length }, (_, at) => from + at);

describe('what one host may hold', () => {
  let store: Store;

  beforeAll(async () => {
    store = await createTestStore([accessSchema, linkSchema, inventorySchema]);
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    await sql`truncate inventory.host, access.collection, link.agent, store.unclaimed_fact cascade`.execute(
      store.query(inventorySchema),
    );
  });

  async function count(from: ReturnType<typeof sql>): Promise<number> {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${from}`.execute(
      store.query(inventorySchema),
    );
    return rows[0]?.count ?? Number.NaN;
  }

  /** Reasons of what was refused since it was last asked, each with its host. */
  async function refused(): Promise<readonly string[]> {
    const { rows } = await sql<{ line: string }>`
      with claimed as (delete from store.unclaimed_fact where fact = 'claim-refused' returning *)
      select distinct (payload->>'host') || ': ' || (payload->>'reason') as line from claimed order by line`.execute(
      store.query(inventorySchema),
    );
    return rows.map(({ line }) => line);
  }

  const containers = (from: number, length: number, more: Parameters<typeof containerFact>[2] = {}) =>
    numbers(length, from).map((number) => containerFact(`one-${number}`, 'shop/web:1', more));

  test('is so many containers; the rest is refused, what was kept goes on, and another host is not concerned', async () => {
    const most = limits.containers.value;
    for (let from = 0; from < most + 3_000; from += 2_000)
      await reportAs(store, pier, { kind: 'container', bodies: containers(from, 2_000) });
    expect(await count(sql`inventory.container`)).toBe(most);
    expect(await refused()).toEqual([
      `pier-1: The agent reported more than ${most} containers that have not ended of the host. What is more is not kept.`,
    ]);
    await reportAs(store, pier, { kind: 'container', bodies: containers(0, 2, { state: 'paused' }) });
    expect(await count(sql`inventory.container where state = 'paused'`)).toBe(2);
    await reportAs(store, pier, { kind: 'container', bodies: containers(0, 10, { state: 'exited' }) });
    await reportAs(store, pier, { kind: 'container', bodies: containers(50_000, 10) });
    expect(await count(sql`inventory.container where finished_at is null`)).toBe(most);
    expect(await refused()).toEqual([]);
    await reportAs(store, quay, { kind: 'container', bodies: containers(70_000, 5) });
    expect(await count(sql`inventory.container where host = 'quay-1'`)).toBe(5);
  });

  test('forgets the containers that ended first', async () => {
    const most = limits.endedContainers.value;
    for (let from = 0; from < most + 1_000; from += 1_000) {
      const finishedAt = new Date(Date.UTC(2026, 10, 24, 10, from / 1_000)).toISOString();
      await reportAs(store, pier, {
        kind: 'container',
        bodies: containers(from, 1_000, { state: 'exited', finishedAt }),
      });
    }
    expect(await count(sql`inventory.container`)).toBe(most);
    expect(await count(sql`inventory.container where name in ('one-0', 'one-999')`)).toBe(0);
    expect(await count(sql`inventory.container where name = ${`one-${most}`}`)).toBe(1);
  });

  test.each([
    { what: 'labels', more: { labels: Object.fromEntries(numbers(251).map((number) => [`l-${number}`, ''])) } },
    {
      what: 'bytes',
      more: { labels: Object.fromEntries(numbers(20).map((number) => [`l-${number}`, 'x'.repeat(4000)])) },
    },
    {
      what: 'ports',
      more: { ports: numbers(1_001).map((number) => ({ container: number + 1, protocol: 'tcp' as const })) },
    },
    {
      what: 'mounts',
      more: {
        mounts: numbers(251).map(() => ({ kind: 'bind' as const, source: '/a', target: '/b', writable: false })),
      },
    },
  ])('is no container of too many $what, and those beside it are kept', async ({ what, more }) => {
    await reportAs(store, pier, {
      kind: 'container',
      bodies: [containerFact('large', 'shop/web:1', more), containerFact('usual', 'shop/web:1')],
    });
    expect(await count(sql`inventory.container where name = 'usual'`)).toBe(1);
    expect(await count(sql`inventory.container`)).toBe(1);
    expect((await refused()).map((line) => line.includes(what))).toEqual([true]);
  });

  test('is so many images, files in use and other things', async () => {
    const images = limits.images.value;
    for (let from = 0; from < images + 1_000; from += 1_000)
      await reportAs(store, pier, {
        kind: 'image',
        bodies: numbers(1_000, from).map((one) => imageFact(`app:${one}`)),
      });
    expect(await count(sql`inventory.image`)).toBe(images);
    expect(await refused()).toHaveLength(1);
    await reportAs(store, pier, { kind: 'image', bodies: [imageFact('app:1', { names: ['other:1'] })] });
    expect(await count(sql`inventory.image where names = '{other:1}'`)).toBe(1);

    const subject = subjectNamed('app:1');
    const files = limits.usedFiles.value;
    for (let from = 0; from < files + 20_000; from += 20_000)
      await reportAs(store, pier, {
        kind: 'use',
        bodies: [{ subject, files: numbers(20_000, from).map((one) => `bin/${one}`) }],
      });
    expect(await count(sql`inventory.used_file`)).toBe(files);
    expect(await refused()).toHaveLength(1);
    await reportAs(store, pier, { kind: 'use', bodies: [{ subject, files: ['bin/1', 'bin/2'] }] });
    expect(await refused()).toEqual([]);

    const subjects = limits.subjects.value;
    await reportAs(store, pier, {
      kind: 'subject',
      bodies: numbers(subjects + 1).map((one) => ({ subject: `host:${one}`, state: 'present', names: [] })),
    });
    expect(await count(sql`inventory.other_subject`)).toBe(subjects);
    expect(await refused()).toHaveLength(1);
    await reportAs(store, pier, { kind: 'subject', bodies: [{ subject: 'host:1', state: 'gone', names: [] }] });
    expect(await count(sql`inventory.other_subject`)).toBe(subjects - 1);
  });

  test('who sees a part of the estate is shown it in pages, however much there is besides', async () => {
    for (const agent of [pier, quay]) await reportAs(store, agent, { kind: 'host', bodies: [hostFact()] });
    await reportAs(store, pier, { kind: 'container', bodies: containers(0, 1_200, { labels: { team: 'coast' } }) });
    await reportAs(store, quay, { kind: 'container', bodies: containers(1_200, 1_200) });
    const selects = JSON.stringify({ labels: ['team=coast'] });
    await store
      .query(accessSchema)
      .insertInto('collection')
      .values({ id: 'coast', name: 'coast', description: '', selects, environment: null })
      .execute();
    const { routes } = createInventory({ store });
    const scoped = userNamed('ann', ['read'], ['coast']);
    const all = userNamed('bob', ['read']);
    const hosts = async (principal: typeof all, query: object = {}) =>
      await answerOf(routes, { endpoint: listHosts, input: { query }, principal });
    expect(await hosts(scoped)).toMatchObject({ total: 1, hosts: [{ name: 'pier-1' }] });
    expect(await hosts(all, { limit: 1, offset: 1 })).toMatchObject({ total: 2, hosts: [{ name: 'quay-1' }] });
    const page = async (principal: typeof all, query: object) =>
      await answerOf(routes, { endpoint: listContainers, input: { query }, principal });
    const seen = await page(scoped, { limit: 50, offset: 1_150 });
    expect([seen.total, seen.containers.length]).toEqual([1_200, 50]);
    const whole = await page(all, { host: 'pier-1', limit: 50, offset: 1_150 });
    expect(seen.containers).toEqual(whole.containers);
  });
});
