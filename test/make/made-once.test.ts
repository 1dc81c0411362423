import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { madeOnce } from './made-once.ts';

const base = mkdtempSync(join(tmpdir(), 'seawall-made-once-'));
afterAll(() => rmSync(base, { recursive: true }));

let folders = 0;
function place(): string {
  folders += 1;
  return join(base, `${folders}`, 'made');
}

/** Takes a while, as real ones do, and counts. */
function maker() {
  const made: string[] = [];
  const make = async (work: string): Promise<void> => {
    made.push(work);
    writeFileSync(join(work, 'part'), '1');
    await pause(100);
    writeFileSync(join(work, 'whole'), '1');
  };
  return { made, make };
}

test('who asks meanwhile waits for the maker, and finds it whole', async () => {
  const folder = place();
  const { made, make } = maker();
  const seen = Array.from({ length: 5 }, () => madeOnce(folder, make).then(() => existsSync(join(folder, 'whole'))));
  expect([await Promise.all(seen), made.length]).toEqual([[true, true, true, true, true], 1]);
  await madeOnce(folder, make);
  expect([made.length, readdirSync(join(folder, '..'))]).toEqual([1, ['made']]);
});

test('who fails to make it is told so, and the next one makes it', async () => {
  const folder = place();
  const { made, make } = maker();
  const failing = madeOnce(folder, async (work) => {
    await make(work);
    throw new Error('no space');
  });
  const next = madeOnce(folder, make);
  await expect(failing).rejects.toThrow('no space');
  await next;
  expect([made.length, readdirSync(join(folder, '..'))]).toEqual([2, ['made']]);
});

test.each([
  ['is gone', () => spawnSync('true').pid, 0],
  ['is another program by now', () => process.pid, 601],
])('nobody waits for a maker that %s', async (_, pid, secondsAgo) => {
  const folder = place();
  const { made, make } = maker();
  await madeOnce(folder, make);
  rmSync(folder, { recursive: true });
  const lock = `${folder}.maker`;
  writeFileSync(lock, `${pid()}`);
  utimesSync(lock, new Date(), new Date(Date.now() - secondsAgo * 1000));
  await madeOnce(folder, make);
  expect([made.length, readFileSync(join(folder, 'whole'), 'utf8'), existsSync(lock)]).toEqual([2, '1', false]);
});
