import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Principal, Stream } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import type { LiveEvent } from '../contract.ts';
import { limits } from '../limits.ts';
import { systemSchedule } from './coalesce.ts';
import { createExplorer } from './index.ts';
import { liveEvents } from './live.ts';
import { clock } from './sample.testing.ts';
import { explorerSchema } from './schema.ts';
import { reportAtOnce } from './sum-and-report.ts';
import { estateSchemas, subjectOf } from './testing.ts';

let store: Store;
let asked = 0;
let listening = 0;

beforeAll(async () => {
  const opened = await createTestStore(estateSchemas);
  store = {
    ...opened,
    query: (schema) => {
      asked++;
      return opened.query(schema);
    },
    listen: async (channel, heard, resumed) => {
      listening++;
      const stop = await opened.listen(channel, heard, resumed);
      return async () => {
        listening--;
        await stop();
      };
    },
  };
  for (const [collection, number] of [
    ['coast', 1],
    ['river', 2],
  ] as const) {
    await sql`insert into explorer.collection_subject values (${collection}, ${subjectOf(number)})`.execute(
      opened.query(explorerSchema),
    );
  }
});
afterAll(async () => await store.close());

async function open(stream: Stream, collections?: readonly string[]) {
  const away = new AbortController();
  const heard: LiveEvent[] = [];
  const principal: Principal = {
    kind: 'user',
    id: 'ann',
    name: 'ann',
    permissions: ['read'],
    ...(collections === undefined ? {} : { collections }),
  };
  await stream.open({
    principal,
    query: {},
    signal: away.signal,
    send: ({ data }) => heard.push(data as LiveEvent),
  });
  return { heard, leave: () => away.abort() };
}

const changed = (number: number): LiveEvent => ({ kind: 'image-changed', subject: subjectOf(number) });

/** Questions to the database that one event costs. */
async function costOf(page: { readonly heard: LiveEvent[] }, event: LiveEvent): Promise<number> {
  const [before, had] = [asked, page.heard.length];
  await reportAtOnce(store, [event]);
  await vi.waitFor(() => expect(page.heard.length).toBe(had + 1));
  await pause(50);
  return asked - before;
}

test('streams that may see the same cost as much as one, and each hears only of what it may see', async () => {
  const stream = liveEvents(store, systemSchedule);
  const first = await open(stream, ['coast']);
  const alone = await costOf(first, changed(1));
  await pause(300);
  const more = await Promise.all(Array.from({ length: 300 }, async () => await open(stream, ['coast'])));
  const other = await open(stream, ['river', 'coast']);
  const whole = await open(stream);
  expect(await costOf(first, changed(1))).toBeLessThanOrEqual(alone * 2);
  expect(more.every(({ heard }) => heard.length === 1)).toBe(true);
  await reportAtOnce(store, [changed(2), { kind: 'database-changed' }]);
  await vi.waitFor(() => expect(more.every(({ heard }) => heard.length === 2)).toBe(true));
  await vi.waitFor(() => expect(other.heard).toHaveLength(3));
  expect(first.heard).not.toContainEqual(changed(2));
  expect(other.heard).toContainEqual(changed(2));
  expect(whole.heard).toHaveLength(3);
  expect(listening).toBe(1);
  for (const page of [first, ...more, other, whole]) page.leave();
  await vi.waitFor(() => expect(listening).toBe(0));
  const again = await open(stream, ['coast']);
  await costOf(again, changed(1));
  again.leave();
});

test('there are so many different views and no more, and one that is left makes room', async () => {
  const stream = liveEvents(store, systemSchedule);
  const most = limits.liveViews.value;
  const pages = await Promise.all(Array.from({ length: most }, async (_, one) => await open(stream, [`c-${one}`])));
  await expect(open(stream, ['one-more'])).rejects.toMatchObject({ code: 'too-many-requests' });
  await open(stream, ['c-0']);
  pages[1]?.leave();
  const { heard, leave } = await open(stream, ['coast']);
  await reportAtOnce(store, [changed(1)]);
  await vi.waitFor(() => expect(heard).toEqual([changed(1)]), { timeout: 20_000 });
  leave();
  for (const page of pages) page.leave();
});

test('pages hear of incidents while sums are held up', async () => {
  const explorer = createExplorer({ store, clock });
  const [stream] = explorer.streams;
  if (stream === undefined) throw new Error('There is no stream.');
  const page = await open(stream);
  await store.transaction(async (transaction) => {
    for (const what of ['vulnerabilities', 'upgrades']) await transaction.lock(`explorer sums of ${what}`);
    await reportAtOnce(store, [{ kind: 'incidents-changed' }]);
    await vi.waitFor(() => expect(page.heard).toEqual([{ kind: 'incidents-changed' }]), { timeout: 5_000 });
  });
  page.leave();
});
