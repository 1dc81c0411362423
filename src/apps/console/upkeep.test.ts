import { expect, test } from 'vitest';
import type { Log } from '#base/index.ts';
import { startUpkeep } from './upkeep.ts';

const logged: object[] = [];
const note = (context: object): void => void logged.push(context);
const log: Log = { debug: note, info: note, warn: note, error: note };
const hour = 3_600_000;

test('upkeep runs each task at once and again at its own time, and none for one that fails', async () => {
  const ran: string[] = [];
  const upkeep = startUpkeep(
    [
      { name: 'breaks', every: hour, run: () => Promise.reject(new Error('no disk')) },
      { name: 'often', every: 5, run: async () => ran.push('often') },
      { name: 'seldom', every: hour, run: async () => ran.push('seldom') },
    ],
    log,
  );
  await expect.poll(() => ran.filter((one) => one === 'often').length).toBeGreaterThan(3);
  await upkeep.stop();
  expect(ran.slice(0, 2)).toEqual(['often', 'seldom']);
  expect(ran.filter((one) => one === 'seldom')).toHaveLength(1);
  expect(logged).toEqual([{ task: 'breaks', error: 'no disk' }]);
});

test('upkeep that is stopped ends what runs, and begins nothing more', async () => {
  const held = Promise.withResolvers<void>();
  const ran: string[] = [];
  const upkeep = startUpkeep(
    [
      { name: 'long', every: hour, run: () => held.promise.then(() => ran.push('long')) },
      { name: 'next', every: hour, run: async () => ran.push('next') },
    ],
    log,
  );
  const stopped = upkeep.stop();
  held.resolve();
  await stopped;
  expect(ran).toEqual(['long']);
});

test('upkeep that is asked runs every task once, and says when', async () => {
  const ran: string[] = [];
  const upkeep = startUpkeep(
    [
      { name: 'one', every: hour, run: async () => ran.push('one') },
      { name: 'two', every: hour, run: async () => ran.push('two') },
    ],
    log,
  );
  await upkeep.runAll();
  ran.length = 0;
  await Promise.all([upkeep.runAll(), upkeep.runAll()]);
  expect(ran).toEqual(['one', 'two']);
  await upkeep.stop();
  await upkeep.runAll();
  expect(ran).toEqual(['one', 'two']);
});
