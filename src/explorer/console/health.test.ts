import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { fact, type Store, when } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { getHealth, Health } from '../contract.ts';
import { createExplorer } from './index.ts';
import { clock } from './sample.testing.ts';
import { ask, estateSchemas } from './testing.ts';

const sunk = fact<{ readonly id: number }>('boat-sunk');
let store: Store;

beforeAll(async () => {
  store = await createTestStore(estateSchemas);
});
afterAll(async () => await store.close());

async function measure(): Promise<Health> {
  const { routes } = createExplorer({ store, clock, version: '7.8.9' });
  return Health.parse(await ask(routes, getHealth.path, {}));
}

test('says which version runs and measures the store', async () => {
  const health = await measure();
  expect(health).toMatchObject({ version: '7.8.9', startedAt: clock().toISOString(), hosts: { all: 0, away: 0 } });
  expect(health.store?.version).toMatch(/^\d+\.\d+/);
  expect(health.store?.bytes).toBeGreaterThan(1_000_000);
  expect(health.store?.milliseconds).toBeGreaterThan(0);
});

test('tells whoever sees a part of the estate nothing of how large and busy the rest is', async () => {
  const { routes } = createExplorer({ store, clock, version: '7.8.9' });
  const scoped = userNamed('bob', ['read'], ['shop']);
  const health = await answerOf(routes, { endpoint: getHealth, input: {}, principal: scoped });
  expect(Object.keys(health).toSorted()).toEqual(['hosts', 'measuredAt', 'startedAt', 'version']);
});

test('counts the jobs that failed and will be tried again, with the age of the oldest', async () => {
  let tried = 0;
  await store.start([
    when(sunk, 'health.sunk', async () => {
      tried += 1;
      await Promise.reject(new Error('It cannot float.'));
    }),
  ]);
  expect((await measure()).work).toEqual({ waiting: 0, retrying: 0, failed: 0 });
  await store.transaction(async (transaction) => await transaction.announce(sunk, { id: 1 }));
  for (;;) {
    const { work } = await measure();
    if (tried > 0 && work?.retrying === 1) {
      expect(work.oldestSeconds).toBeGreaterThanOrEqual(0);
      expect(work.failed).toBe(0);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
