import { mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFileMemory } from './file-memory.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seawall-memory-'));
  await writeFile(join(folder, 'a'), 'one');
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

/** Files of now count as settled. */
function later(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
}

function counted() {
  const path = join(folder, 'a');
  const memory = createFileMemory();
  let made = 0;
  return () => memory.of('a', async () => ({ value: (made += 1), from: [path] }));
}

test('what was made of a file is made again when the file is another or was changed', async () => {
  later();
  const read = counted();
  expect([await read(), await read()]).toEqual([1, 1]);
  await setTimeout(20);
  await writeFile(join(folder, 'a'), 'two');
  expect([await read(), await read()]).toEqual([2, 2]);
  await writeFile(join(folder, 'b'), 'six');
  await rename(join(folder, 'b'), join(folder, 'a'));
  expect([await read(), await read()]).toEqual([3, 3]);
});

test('a moment of writing that was set back hides no change', async () => {
  const moment = new Date(1_600_000_000_000);
  await utimes(join(folder, 'a'), moment, moment);
  later();
  const read = counted();
  expect(await read()).toBe(1);
  await setTimeout(20);
  await writeFile(join(folder, 'a'), 'two');
  await utimes(join(folder, 'a'), moment, moment);
  expect(await read()).toBe(2);
});

test('a file that has just changed, or is not there, is not remembered', async () => {
  const read = counted();
  expect([await read(), await read()]).toEqual([1, 2]);
  later();
  await rm(join(folder, 'a'));
  expect([await read(), await read()]).toEqual([3, 4]);
});

test('what could not be made is tried again', async () => {
  later();
  const memory = createFileMemory();
  await expect(memory.of('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await memory.of('a', async () => ({ value: 1, from: [] }))).toBe(1);
});
