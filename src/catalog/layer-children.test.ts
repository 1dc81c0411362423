import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { defaultLimits } from '#image/index.ts';
import { type LayerChildren, startLayerChildren } from './layer-children.ts';

/* A second child costs its start, so it has to be worth it. Sizes of results tell here which child read. */

/** Answers each job with its own number as the size; a layer of one byte is never read to its end. */
const program = `
import { serialize } from 'node:v8';
process.on('message', ({ task }) => {
  process.send({ kind: 'begun' });
  if (task.what.blob.length === 1) return;
  process.send({ kind: 'result', result: serialize({ size: process.pid, others: new Uint8Array() }) });
  process.send({ kind: 'free' });
});
`;

let folder: string;
let children: LayerChildren;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  folder = mkdtempSync(join(tmpdir(), 'seawall-children-'));
  const entry = join(folder, 'entry.mjs');
  writeFileSync(entry, program);
  children = startLayerChildren(pathToFileURL(entry), 2);
});
afterEach(() => {
  children.stop();
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

/** Number of the process that read a layer of so many bytes. */
async function readerOf(length: number): Promise<number> {
  const blob = { kind: 'stored', file: '/layer', offset: 0, length, layer: { digest: '', diffId: '' } };
  const task = { what: { kind: 'layer', blob }, limits: defaultLimits, aliases: [], executables: 'left-out' } as never;
  return (await children.run({ task }, () => undefined)).size;
}

const twoAtOnce = async () => new Set(await Promise.all([readerOf(10), readerOf(10)])).size;

test('small layers that wait briefly for each other are read by one child, however long all of them take', async () => {
  for (let round = 0; round < 3; round += 1) {
    expect(await twoAtOnce()).toBe(1);
    vi.advanceTimersByTime(10_000);
  }
});

test('a layer that waits long gets a child of its own', async () => {
  const slow = readerOf(1);
  const waiting = readerOf(10);
  await vi.waitUntil(() => vi.getTimerCount() > 1);
  vi.advanceTimersByTime(300);
  expect(await waiting).toBeGreaterThan(0);
  children.stop();
  expect(await slow).toBe(0);
});

test('a large layer gets a child of its own', async () => {
  const both = await Promise.all([readerOf(10), readerOf(5 * 1024 ** 2)]);
  expect(new Set(both).size).toBe(2);
});

test('the children end when they are closed, and another one reads what comes then', async () => {
  const first = await readerOf(10);
  await children.close();
  const next = await readerOf(10);
  expect([0, first]).not.toContain(next);
  await vi.waitUntil(() => !existsSync(`/proc/${first}`));
});

test('one child is kept where more are to be read', async () => {
  const [first, second] = await Promise.all([readerOf(10), readerOf(5 * 1024 ** 2)]);
  await children.close(1);
  await vi.waitUntil(() => !existsSync(`/proc/${second}`));
  expect(await readerOf(10)).toBe(first);
});
