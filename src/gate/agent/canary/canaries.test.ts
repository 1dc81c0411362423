import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import { startCanaries } from './canaries.ts';

test('a gate that came to stand is tried at once, and what stood before is not tried more often', async () => {
  const messages: string[] = [];
  let gates = 0;
  const canaries = startCanaries({
    trials: () => Array.from({ length: gates }, () => async () => ({ kind: 'refused' }) as const),
    tried: ({ message }) => messages.push(message),
    log: silentLog,
    between: 60_000,
  });
  const after = async (count: number): Promise<readonly string[]> => {
    gates = count;
    canaries.needed();
    await wait(50);
    return messages.map((message) => message.slice(0, 6));
  };
  expect(await after(0)).toEqual([]);
  expect(await after(1)).toEqual(['1 of 1']);
  expect(await after(1)).toEqual(['1 of 1']);
  expect(await after(2)).toEqual(['1 of 1', '2 of 2']);
  await canaries.close();
});
