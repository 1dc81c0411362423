import { expect, test } from 'vitest';
import { shareRuns } from './shared-runs.ts';

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
