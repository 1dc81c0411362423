import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sql } from 'kysely';
import type { Principal } from '#http/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { LiveEvent, liveEventsPath } from '../contract.ts';
import { createExplorer, type ExplorerService } from './index.ts';
import { clock, image } from './sample.testing.ts';
import { explorerSchema } from './schema.ts';
import { reportAtOnce } from './sum-and-report.ts';
import { type Estate, estateOn, estateSchemas, subjectOf } from './testing.ts';

let store: Store;
let estate: Estate;
let explorer: ExplorerService;

beforeAll(async () => {
  store = await createTestStore(estateSchemas);
  estate = await estateOn(store, clock);
  explorer = createExplorer({ store, clock });
});

afterAll(async () => {
  await estate.close();
  await store.close();
});

/** Opens the stream as the server does for a page. */
async function openPage(permissions: Principal['permissions']) {
  const events = explorer.streams.find((stream) => stream.path === liveEventsPath);
  const away = new AbortController();
  const heard: { readonly event?: string; readonly data: object }[] = [];
  await events?.open({
    principal: { kind: 'user', id: 'test', name: 'test', permissions },
    query: {},
    signal: away.signal,
    send: (event) => heard.push(event),
  });
  return { heard, leave: () => away.abort(), needs: events?.needs };
}

test('a page hears of what changed after it is readable, once for a burst', async () => {
  const page = await openPage(['read']);
  const stranger = await openPage(['publish']);
  expect(page.needs).toBe('read');
  const which = await estate.publish(image(1, 'a:1', ['openssl']));
  const start = performance.now();
  for (let time = 0; time < 40; time++) await explorer.refreshSubject(which);
  const periods = (performance.now() - start) / 250;
  await explorer.refreshHost({ host: 'host-a' });
  await reportAtOnce(store, [{ kind: 'database-changed' }]);
  await vi.waitFor(() => {
    expect(new Set(page.heard.map((event) => event.event))).toEqual(
      new Set(['image-changed', 'host-changed', 'database-changed']),
    );
  });
  const ofImage = page.heard.filter((event) => event.event === 'image-changed');
  expect(ofImage.length).toBeLessThanOrEqual(Math.floor(periods) + 2);
  expect(page.heard.every((event) => LiveEvent.safeParse(event.data).success)).toBe(true);
  expect(page.heard[0]).toEqual({ event: 'image-changed', data: { kind: 'image-changed', subject: subjectOf(1) } });
  expect(stranger.heard).toEqual([]);
  page.leave();
  stranger.leave();
});

test('a page that went away hears nothing more', async () => {
  const gone = await openPage(['read']);
  const staying = await openPage(['read']);
  gone.leave();
  await reportAtOnce(store, [{ kind: 'database-changed' }]);
  await vi.waitFor(() => expect(staying.heard).toHaveLength(1));
  await pause(20);
  expect(gone.heard).toEqual([]);
  staying.leave();
});

test('a page hears of everything when notices may have been lost', async () => {
  await explorer.refreshSubject(await estate.publish(image(2, 'b:1', [])));
  const page = await openPage(['read']);
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'seawall-listen' and datname = current_database()`.execute(store.query(explorerSchema));
  await vi.waitFor(
    () => {
      expect(page.heard.map((event) => event.data)).toEqual(
        expect.arrayContaining([
          { kind: 'database-changed' },
          { kind: 'image-changed', subject: subjectOf(1) },
          { kind: 'image-changed', subject: subjectOf(2) },
        ]),
      );
    },
    { timeout: 20_000 },
  );
  page.leave();
});

test('a notice that is none of ours is passed over', async () => {
  const page = await openPage(['read']);
  await store.transaction(async (transaction) => {
    await transaction.notify('live', { kind: 'image-changed', subject: '<script>' });
    await transaction.notify('live', { kind: 'database-changed' });
  });
  await vi.waitFor(() => expect(page.heard).toHaveLength(1));
  expect(page.heard[0]?.event).toBe('database-changed');
  page.leave();
});
