import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Detection } from '../../contract.ts';
import { DetectionFolder } from './detection-folder.ts';

let sent: Detection[] = [];
let disk: 'full' | 'well' = 'well';
let folder: DetectionFolder;
beforeEach(() => {
  vi.useFakeTimers();
  [sent, disk] = [[], 'well'];
  folder = new DetectionFolder({
    async send(detection) {
      if (disk === 'full') throw new Error('No space left.');
      sent.push(detection);
    },
  });
});
afterEach(() => void vi.useRealTimers());

let serial = 0;
function detection(path: string, more: Partial<Detection> & { readonly of?: string } = {}): Detection {
  const { of = 'a', ...rest } = more;
  return {
    id: `${serial++}`,
    time: '2026-11-24T12:00:00Z',
    detector: 'drift',
    dimension: 'process',
    severity: 'high',
    class: 'forbidden',
    notice: false,
    effect: 'prevent',
    outcome: 'refused',
    container: { id: of.repeat(64), name: of, image: 'shop/web:1' },
    entrypoint: [],
    session: 'entry',
    process: { path },
    ancestors: [{ path: '/bin/sh' }],
    seen: `${path} was started.`,
    message: `${path} was started.`,
    remedy: 'Look.',
    count: 1,
    ...rest,
  };
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
const counted = () => sent.reduce((sum, { count }) => sum + count, 0);

test('the first goes at once, what repeats within a second is one with a count', async () => {
  for (let count = 0; count < 500; count++) void folder.report(detection('/tmp/z'));
  expect(sent.map(({ count }) => count)).toEqual([1]);
  await pass(1000);
  expect(sent.map(({ count }) => count)).toEqual([1, 499]);
  await pass(5000);
  void folder.report(detection('/tmp/z'));
  expect(sent.map(({ count }) => count)).toEqual([1, 499, 1]);
});

test('a storm of different ones is bounded, and each is counted', async () => {
  for (let second = 0; second < 20; second++) {
    for (let count = 0; count < 300; count++) void folder.report(detection(`/tmp/${second}-${count}`));
    await pass(1000);
  }
  await pass(2000);
  expect(counted()).toBe(6000);
  expect(sent.length).toBeLessThanOrEqual(40 + 10 * 22 + 22);
  expect(sent.filter(({ message }) => /And \d+ more of this container/.test(message)).length).toBeGreaterThan(15);
});

test('a storm of a few hundred that repeat is bounded too', async () => {
  for (let second = 0; second < 20; second++) {
    for (let count = 0; count < 600; count++) void folder.report(detection(`/tmp/${count % 200}`));
    await pass(1000);
  }
  await pass(3000);
  expect(counted()).toBe(12_000);
  expect(sent.length).toBeLessThanOrEqual(40 + 10 * 23 + 23);
});

test('another container, and what was not stopped, goes by itself whatever storms', async () => {
  for (let count = 0; count < 1000; count++) void folder.report(detection(`/tmp/${count}`));
  void folder.report(detection('/tmp/other', { of: 'b' }));
  expect(sent.at(-1)).toMatchObject({ process: { path: '/tmp/other' }, count: 1 });
  for (const [path, more] of [
    ['/tmp/ran', { outcome: 'observed' }],
    ['/tmp/grave', { severity: 'critical' }],
    ['/tmp/noted', { notice: true }],
  ] as const)
    void folder.report(detection(path, more));
  await pass(1000);
  for (const path of ['/tmp/ran', '/tmp/grave', '/tmp/noted'])
    expect(sent.filter(({ process }) => process.path === path)).toMatchObject([{ count: 1 }]);
});

test('one resolves when what counts it is kept, and rejects when that is not', async () => {
  const first = folder.report(detection('/tmp/z'));
  await first;
  let state = 'waits';
  void folder.report(detection('/tmp/z')).then(() => (state = 'kept'));
  await pass(999);
  expect(state).toBe('waits');
  await pass(1);
  expect(state).toBe('kept');
  disk = 'full';
  const failing = expect(folder.report(detection('/tmp/z'))).rejects.toThrow('No space left.');
  await pass(1000);
  await failing;
});
