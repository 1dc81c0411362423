import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('tasks wait for their turn, and a slow one holds up no other', async () => {
  const turns = createTurns(2, 50);
  let running = 0;
  let most = 0;
  const quick = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
  };
  await Promise.all(Array.from({ length: 10 }, () => turns.run(quick)));
  expect(most).toBe(2);

  let release: () => void = () => undefined;
  const held = () => turns.run(() => new Promise<void>((resolve) => (release = resolve)));
  const slow = [held(), held()];
  await turns.run(quick);
  release();
  await expect(turns.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await Promise.race(slow);
});
