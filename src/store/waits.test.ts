import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from './store.ts';
import { createTestStore } from './testing.ts';
import { openWaits, type Waits } from './waits.ts';

let store: Store;
let waits: Waits<string>;
beforeAll(async () => {
  store = await createTestStore([]);
  const concerns = (notice: unknown, name: string): boolean => (notice as { readonly name: string }).name === name;
  waits = await openWaits(store, { channel: 'berths', concerns });
});
afterAll(async () => {
  await waits.close();
  await store.close();
});

const notify = async (name: string): Promise<void> =>
  await store.transaction(async (transaction) => await transaction.notify('berths', { name }));

/** Gives nothing at the first `empty` readings, then how many there were. */
function readings(empty: number): { readonly count: () => number; readonly read: () => Promise<number | undefined> } {
  let count = 0;
  return { count: () => count, read: async () => (++count > empty ? count : undefined) };
}

test('gives at once what is there', async () => {
  const { read } = readings(0);
  expect(await waits.wait('north', read, AbortSignal.timeout(20_000))).toBe(1);
});

test('reads again after a notice that concerns the request, and after no other', async () => {
  const [north, south] = [readings(1), readings(1)];
  const ending = new AbortController();
  const asked = waits.wait('north', north.read, ending.signal);
  const other = waits.wait('south', south.read, ending.signal);
  await expect.poll(() => north.count() + south.count()).toBe(2);
  await notify('north');
  expect(await asked).toBe(2);
  expect(south.count()).toBe(1);
  ending.abort();
  expect(await other).toBeUndefined();
});

test('misses no notice that comes while it reads', async () => {
  let count = 0;
  const read = async (): Promise<number | undefined> => {
    if (++count > 1) return count;
    await notify('east');
    await heard.promise;
    return undefined;
  };
  const heard = Promise.withResolvers<void>();
  const stop = await store.listen('berths', () => heard.resolve());
  expect(await waits.wait('east', read, AbortSignal.timeout(20_000))).toBe(2);
  await stop();
});
