import { expect, test } from 'vitest';
import type { Decision } from '#admission/contract.ts';
import { Floods } from './floods.ts';

const decision = (container: string, id: string, more: Partial<Decision> = {}): Decision => ({
  id,
  time: '2026-11-24T10:00:00Z',
  gate: 'runtime-wrapper',
  ring: 2,
  action: 'start',
  subject: 'shop/app:1',
  container,
  answer: 'deny',
  effect: 'block',
  cause: 'verdict',
  evidence: [],
  reason: 'It has CVE-2026-1.',
  milliseconds: 3,
  ...more,
});

function open() {
  const reported: Decision[] = [];
  const done: string[] = [];
  let now = 0;
  let isFull = false;
  const report = async (one: Decision): Promise<void> => {
    if (isFull) throw new Error('no space');
    reported.push(one);
  };
  const floods = new Floods({ report, window: 60_000, now: () => now });
  const take = (one: Decision) => floods.take({ decision: one, done: () => void done.push(one.id) });
  return { reported, done, floods, take, pass: (ms: number) => (now += ms), fill: (full: boolean) => (isFull = full) };
}

test('the first of answers that are alike is told at once, the others as one with their number', async () => {
  const { reported, done, floods, take, pass } = open();
  for (let start = 0; start < 20; start += 1) await take(decision('c1', `a${start}`));
  expect(reported.map(({ id, count }) => [id, count])).toEqual([['a0', undefined]]);
  expect(done).toEqual(['a0']);
  await floods.reportDue();
  expect(reported).toHaveLength(1);
  pass(60_000);
  await floods.reportDue();
  expect(reported.map(({ id, count }) => [id, count])).toEqual([
    ['a0', undefined],
    ['a19', 19],
  ]);
  expect(done).toHaveLength(20);
});

test('another answer, cause or container is told by itself', async () => {
  const { reported, take } = open();
  await take(decision('c1', 'a'));
  await take(decision('c1', 'b', { answer: 'allow', effect: 'ignore' }));
  await take(decision('c1', 'c', { cause: 'settings' }));
  await take(decision('c1', 'd', { armed: { state: 'late', milliseconds: 100 } }));
  await take(decision('c2', 'e'));
  expect(reported.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('ever new containers of one image are counted once they are many', async () => {
  const { reported, done, floods, take, pass } = open();
  for (let start = 0; start < 1000; start += 1) await take(decision(`c${start}`, `a${start}`));
  expect(reported.length).toBeLessThan(310);
  pass(60_000);
  await floods.reportDue();
  expect(reported.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(1000);
  expect(done).toHaveLength(1000);
});

test('ever new images are counted together once they are many', async () => {
  const { reported, done, floods, take, pass } = open();
  const digest = (at: number) => `sha256:${String(at).padStart(64, '0')}` as Decision['digest'];
  for (let start = 0; start < 2000; start += 1)
    await take(decision(`c${start}`, `a${start}`, { digest: digest(start), evidence: Array(20).fill('Why.') }));
  expect(reported.length).toBeLessThan(610);
  pass(60_000);
  await floods.reportDue();
  expect(reported.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(2000);
  expect(reported.at(-1)?.evidence[0]).toMatch(/^It stands for 1\d{3} starts of 1\d{3} images: /);
  expect(reported.at(-1)?.evidence).toHaveLength(20);
  expect(done).toHaveLength(2000);
});

test('what cannot be told is not done with, and told later', async () => {
  const { reported, done, floods, take, pass, fill } = open();
  fill(true);
  await expect(take(decision('c1', 'a'))).rejects.toThrow('no space');
  fill(false);
  await take(decision('c1', 'a'));
  await take(decision('c1', 'b'));
  fill(true);
  pass(60_000);
  await expect(floods.reportDue()).rejects.toThrow('no space');
  expect(done).toEqual(['a']);
  fill(false);
  await floods.reportDue();
  expect(reported.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(done).toEqual(['a', 'b']);
});

test('one that comes while those before it are being told is told too, and each of them once', async () => {
  const reported: Decision[] = [];
  const done: string[] = [];
  const reporting: (() => void)[] = [];
  let now = 0;
  const report = async (one: Decision): Promise<void> => {
    if (now > 0) await new Promise<void>((resolve) => reporting.push(resolve));
    reported.push(one);
  };
  const floods = new Floods({ report, window: 60_000, now: () => now });
  const take = (id: string) => floods.take({ decision: decision('c1', id), done: () => void done.push(id) });
  for (const id of ['a', 'b', 'c']) await take(id);
  now = 60_000;
  const working = [floods.reportDue(), take('d'), take('e')];
  const letting = setInterval(() => reporting.shift()?.(), 5);
  await Promise.all(working);
  now = 120_000;
  await floods.reportDue();
  clearInterval(letting);
  expect(reported.map(({ id, count }) => [id, count])).toEqual([
    ['a', undefined],
    ['c', 2],
    ['d', undefined],
    ['e', undefined],
  ]);
  expect(done).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('one that is not taken is in the way of none', async () => {
  const reported: string[] = [];
  let now = 0;
  const report = async ({ id }: Decision): Promise<void> => {
    if (id === 'bad') throw new Error('too long');
    reported.push(id);
  };
  const floods = new Floods({ report, window: 60_000, now: () => now });
  for (const [container, id] of [
    ['c1', 'a'],
    ['c2', 'b'],
    ['c1', 'bad'],
    ['c2', 'good'],
  ] as const)
    await floods.take({ decision: decision(container, id), done: () => undefined });
  now = 60_000;
  await expect(floods.reportDue()).rejects.toThrow('too long');
  expect(reported).toEqual(['a', 'b', 'good']);
});
