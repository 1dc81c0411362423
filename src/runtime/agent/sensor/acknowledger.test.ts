import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '#base/index.ts';
import { Acknowledger } from './acknowledger.ts';

let said: string[] = [];
let givenUp: bigint[] = [];
let acknowledger: Acknowledger;
beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  givenUp = [];
  acknowledger = new Acknowledger({
    say: (epoch, sequence) => void said.push(`${epoch}/${sequence}`),
    log: silentLog,
  });
  acknowledger.begin(7n);
});
afterEach(() => {
  acknowledger.close();
  vi.useRealTimers();
});
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
const settle = () => pass(100);

type Keep = () => Promise<unknown> | undefined;
const kept: Keep = () => undefined;
const hangs: Keep = () => new Promise(() => undefined);
const fails: Keep = () => Promise.reject(new Error('disk full'));

function take(sequence: bigint, keep: Keep, giveUp: () => Promise<void> = async () => undefined): void {
  const noted = async (): Promise<void> => {
    await giveUp();
    givenUp.push(sequence);
  };
  acknowledger.take(sequence, { keep, giveUp: noted });
}

test('nothing is acknowledged that stands behind something not kept yet', async () => {
  const slow = Promise.withResolvers<void>();
  take(1n, kept);
  take(2n, () => slow.promise);
  take(3n, async () => undefined);
  await settle();
  expect(said).toEqual(['7/1']);
  slow.resolve();
  await settle();
  expect(said).toEqual(['7/1', '7/3']);
});

test('what is kept in another order is acknowledged in the order in which it came', async () => {
  const each = [1n, 2n, 3n, 4n].map((sequence) => ({ sequence, ...Promise.withResolvers<void>() }));
  for (const { sequence, promise } of each) take(sequence, () => promise);
  for (const [index, expected] of [
    [2, []],
    [0, ['7/1']],
    [3, ['7/1']],
    [1, ['7/1', '7/4']],
  ] as const) {
    each[index]?.resolve();
    await settle();
    expect(said).toEqual(expected);
  }
});

test('an event whose keeping fails is kept trying without a new connection, with growing pauses', async () => {
  const tries: number[] = [];
  const started = performance.now();
  take(1n, () => {
    tries.push(performance.now() - started);
    return tries.length < 8 ? Promise.reject(new Error('disk full')) : Promise.resolve();
  });
  take(2n, kept);
  await pass(20_000);
  expect(said).toEqual(['7/2']);
  const pauses = tries.slice(1).map((at, index) => Math.round(at - (tries[index] ?? 0)));
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
});

test('one that holds up others for a minute is counted as lost, whether it fails or hangs', async () => {
  take(1n, fails);
  take(2n, hangs);
  take(3n, kept);
  await pass(59_000);
  expect([said, givenUp]).toEqual([[], []]);
  await pass(17_000);
  expect([said, givenUp]).toEqual([['7/3'], [1n, 2n]]);
});

test('only what is not kept is counted as lost, and each once, however long that takes', async () => {
  const slow = Promise.withResolvers<void>();
  let asked = 0;
  take(1n, hangs, () => {
    asked += 1;
    return slow.promise;
  });
  for (const sequence of [2n, 3n, 4n]) take(sequence, kept);
  await pass(200_000);
  slow.resolve();
  await settle();
  expect([asked, givenUp, said]).toEqual([1, [1n], ['7/4']]);
});

test('while the disk takes nothing, nothing is given up', async () => {
  let disk: 'full' | 'well' = 'full';
  const write = async (): Promise<void> => {
    if (disk === 'full') throw new Error('disk full');
  };
  take(1n, write, write);
  take(2n, kept);
  take(3n, write, write);
  await pass(600_000);
  expect([said, givenUp]).toEqual([[], []]);
  disk = 'well';
  await pass(6000);
  expect(said).toEqual(['7/3']);
});

test('what holds up nothing is waited for, however long it takes', async () => {
  const slow = Promise.withResolvers<void>();
  take(1n, kept);
  take(2n, () => slow.promise);
  await pass(600_000);
  expect([said, givenUp]).toEqual([['7/1'], []]);
  slow.resolve();
  await settle();
  expect(said).toEqual(['7/1', '7/2']);
});

test('one that is kept or on its way is not taken twice, and is acknowledged again', async () => {
  const slow = Promise.withResolvers<void>();
  let taken = 0;
  const keep = () => {
    taken += 1;
    return slow.promise;
  };
  take(1n, keep);
  acknowledger.begin(7n);
  take(1n, keep);
  slow.resolve();
  await settle();
  acknowledger.begin(7n);
  take(1n, keep);
  await settle();
  expect(taken).toBe(1);
  expect(said).toEqual(['7/1', '7/1']);
});

test('another ring counts anew, and what was open of the older one is acknowledged to nobody', async () => {
  const slow = Promise.withResolvers<void>();
  take(9n, kept);
  take(10n, () => slow.promise);
  await settle();
  acknowledger.begin(8n);
  take(1n, kept);
  await settle();
  slow.resolve();
  await settle();
  expect(said).toEqual(['7/9', '8/1']);
});
