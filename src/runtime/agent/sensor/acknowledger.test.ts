import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Acknowledger } from './acknowledger.ts';

let said: string[] = [];
let acknowledger: Acknowledger;
beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  acknowledger = new Acknowledger((epoch, sequence) => void said.push(`${epoch}/${sequence}`));
  acknowledger.begin(7n);
});
afterEach(() => void vi.useRealTimers());
const settle = () => vi.advanceTimersByTimeAsync(100);
const atOnce = () => undefined;

test('nothing is acknowledged that stands behind something not kept yet', async () => {
  const slow = Promise.withResolvers<void>();
  acknowledger.take(1n, atOnce);
  acknowledger.take(2n, () => slow.promise);
  acknowledger.take(3n, async () => undefined);
  await settle();
  expect(said).toEqual(['7/1']);
  slow.resolve();
  await settle();
  expect(said).toEqual(['7/1', '7/3']);
});

test('what failed, and all after it, is taken again when it comes again', async () => {
  const taken: bigint[] = [];
  const take = (sequence: bigint, kept: Promise<void> | undefined) =>
    acknowledger.take(sequence, () => {
      taken.push(sequence);
      return kept;
    });
  take(1n, undefined);
  take(2n, Promise.reject(new Error('disk full')));
  take(3n, undefined);
  await settle();
  expect(said).toEqual(['7/1']);
  acknowledger.begin(7n);
  for (const sequence of [2n, 3n]) take(sequence, undefined);
  await settle();
  expect(taken).toEqual([1n, 2n, 3n, 2n, 3n]);
  expect(said).toEqual(['7/1', '7/3']);
});

test('one that is kept or on its way is not taken twice, and is acknowledged again', async () => {
  const slow = Promise.withResolvers<void>();
  let taken = 0;
  const keep = () => {
    taken += 1;
    return slow.promise;
  };
  acknowledger.take(1n, keep);
  acknowledger.begin(7n);
  acknowledger.take(1n, keep);
  slow.resolve();
  await settle();
  acknowledger.begin(7n);
  acknowledger.take(1n, keep);
  await settle();
  expect(taken).toBe(1);
  expect(said).toEqual(['7/1', '7/1']);
});

test('another ring counts anew', async () => {
  acknowledger.take(9n, atOnce);
  await settle();
  acknowledger.begin(8n);
  acknowledger.take(1n, atOnce);
  await settle();
  expect(said).toEqual(['7/9', '8/1']);
});
