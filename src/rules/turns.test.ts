import { expect, test } from 'vitest';
import { inTurns, openTurns } from './console/turns.ts';

const { signal } = new AbortController();

test('replays of one caller wait for each other, two at most; those of others do not', async () => {
  const replays = openTurns();
  const order: string[] = [];
  let finish = (): void => undefined;
  const first = replays.run({ caller: 'user 1', signal }, async () => {
    await new Promise<void>((resolve) => (finish = resolve));
    order.push('first');
  });
  const others = ['second', 'third'].map(
    async (name) => await replays.run({ caller: 'user 1', signal }, async () => void order.push(name)),
  );
  await expect(replays.run({ caller: 'user 1', signal }, async () => undefined)).rejects.toMatchObject({
    code: 'busy',
  });
  await replays.run({ caller: 'user 2', signal }, async () => void order.push('other'));
  finish();
  await Promise.all([first, ...others]);
  expect(order).toEqual(['other', 'first', 'second', 'third']);
  await expect(replays.run({ caller: 'user 1', signal }, async () => 'again')).resolves.toBe('again');
});

test('one that failed lets the next begin, and one whose caller has left does not begin', async () => {
  const replays = openTurns();
  const leaving = new AbortController();
  const failed = replays.run({ caller: 'user 1', signal }, async () => {
    throw new Error('failed');
  });
  let begun = false;
  const left = replays.run({ caller: 'user 1', signal: leaving.signal }, async () => void (begun = true));
  leaving.abort(new Error('left'));
  const last = replays.run({ caller: 'user 1', signal }, async () => 'done');
  await expect(failed).rejects.toThrow('failed');
  await expect(left).rejects.toThrow('left');
  await expect(last).resolves.toBe('done');
  expect(begun).toBe(false);
});

test('those that wait and whose caller has left make room at once', async () => {
  const replays = openTurns();
  const first = Promise.withResolvers<string>();
  const under = replays.run({ caller: 'user 1', signal }, () => first.promise);
  for (let typed = 0; typed < 20; typed++) {
    const page = new AbortController();
    const left = replays.run({ caller: 'user 1', signal: page.signal }, async () => undefined);
    page.abort(new Error('left'));
    left.catch(() => undefined);
  }
  const last = replays.run({ caller: 'user 1', signal }, async () => 'exact');
  first.resolve('done');
  await expect(under).resolves.toBe('done');
  await expect(last).resolves.toBe('exact');
});

test('long work in this process lets others have their turn, and ends when the caller leaves', async () => {
  const leaving = new AbortController();
  setTimeout(() => leaving.abort(new Error('left')), 30);
  let done = 0;
  const work = inTurns(Array.from({ length: 100_000 }), leaving.signal, () => {
    const until = performance.now() + 1;
    while (performance.now() < until) done += 0;
    done += 1;
  });
  await expect(work).rejects.toThrow('left');
  expect(done).toBeLessThan(50_000);
});
