import { expect, test } from 'vitest';
import { joinRuns, shareRuns } from './shared-runs.ts';

test('two hundred who ask at once share two runs, and the second begins after the last has asked', async () => {
  const share = shareRuns<void>();
  let asked = 0;
  const seen: number[] = [];
  const work = async (): Promise<void> => {
    seen.push(asked);
    await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const all = Array.from({ length: 200 }, () => {
    asked++;
    return share('image', work);
  });
  await Promise.all([...all, share('other', async () => undefined)]);
  expect(seen).toEqual([1, 200]);
  await share('image', work);
  expect(seen).toEqual([1, 200, 200]);
});

test('a run that fails fails for who shares it, and not for the next', async () => {
  const share = shareRuns<void>();
  const first = share('image', async () => await Promise.reject(new Error('no')));
  const second = share('image', async () => undefined);
  await expect(first).rejects.toThrow('no');
  await expect(second).resolves.toBeUndefined();
  await expect(share('image', async () => undefined)).resolves.toBeUndefined();
});

test('who joins a run has its answer, and the next run is new; owners, keys and failures are apart', async () => {
  const join = joinRuns<number>();
  const [one, other] = [{}, {}];
  let runs = 0;
  const work = async (): Promise<number> => {
    const run = ++runs;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return run;
  };
  const together = await Promise.all([join(one, 'day', work), join(one, 'day', work), join(one, 'month', work)]);
  expect(together).toEqual([1, 1, 2]);
  expect(await Promise.all([join(one, 'day', work), join(other, 'day', work)])).toEqual([3, 4]);
  await expect(join(one, 'day', async () => await Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await join(one, 'day', work)).toBe(5);
});
