import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import type { BreakGlassFact } from '../../contract.ts';
import { type BreakGlassBook, openBreakGlassBook } from './break-glass-book.ts';

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;

let state = '';
let folder = '';
let book: BreakGlassBook | undefined;
let changes = 0;
const reported: string[] = [];
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'seawall-glass-'));
  folder = join(state, 'break-glass');
  mkdirSync(folder);
  reported.length = 0;
  changes = 0;
});
afterEach(async () => {
  await book?.close();
  book = undefined;
  rmSync(state, { recursive: true });
});

/** As `seawall gate allow` does: whole, by a rename. */
function put(id: string, more: Partial<BreakGlassFact> = {}): void {
  const [at, until] = [new Date(), new Date(Date.now() + 3_600_000)].map((moment) => moment.toISOString());
  const text = JSON.stringify({
    id,
    digest: digestOf('a'),
    at,
    until,
    reason: 'the queue runs over',
    user: 'mara',
    ...more,
  });
  writeFileSync(join(folder, `${id}.partial`), text);
  renameSync(join(folder, `${id}.partial`), join(folder, `${id}.json`));
}

function open(
  report: (fact: BreakGlassFact) => Promise<void> = async ({ id }) => void reported.push(id),
): BreakGlassBook {
  book = openBreakGlassBook({ folder, report, changed: () => void (changes += 1), log: silentLog, look: 50 });
  return book;
}

function held(): readonly string[] {
  return (book?.entries() ?? []).map(({ digest }) => digest);
}

function problems(): string {
  return book?.problems().join(' ') ?? '';
}

test('an entry holds from its coming to its end, is told once and removed after that', async () => {
  open();
  put('one', { until: new Date(Date.now() + 500).toISOString() });
  await expect.poll(held).toEqual([digestOf('a')]);
  expect(changes).toBe(1);
  await expect.poll(held).toEqual([]);
  await expect.poll(() => readdirSync(folder)).toEqual([]);
  expect([reported, changes, problems()]).toEqual([['one'], 2, '']);
});

test('what is no entry takes none that is one, and is said', async () => {
  mkdirSync(join(folder, 'a.json'));
  writeFileSync(join(folder, 'b.json'), '{"id":"b",');
  writeFileSync(join(folder, 'c.json'), ' '.repeat(1024 * 1024));
  spawnSync('mkfifo', [join(folder, 'd.json')]);
  put('e');
  renameSync(join(folder, 'e.json'), join(folder, 'f.json'));
  for (let more = 0; more < 1100; more += 1) writeFileSync(join(folder, `g${more}.json`), '');
  put('z');
  open();
  expect(held()).toEqual([digestOf('a')]);
  await expect.poll(() => reported).toEqual(['z']);
  expect(problems()).toContain(`${join(folder, 'a.json')}: it is no file, and 1104 more`);
});

test('an entry that was read holds on while the system does not let it be read, and not when it is gone', async () => {
  put('one');
  open();
  expect(held()).toEqual([digestOf('a')]);
  unlinkSync(join(folder, 'one.json'));
  await expect.poll(held).toEqual([]);
  put('one');
  await expect.poll(held).toEqual([digestOf('a')]);
  symlinkSync('one.json', join(folder, 'circle'));
  renameSync(join(folder, 'circle'), join(folder, 'one.json'));
  await expect.poll(problems).toContain('ELOOP');
  expect(held()).toEqual([digestOf('a')]);
});

test('a folder that cannot be read is said, and one that is gone is made again', async () => {
  put('one');
  open();
  rmSync(folder, { recursive: true });
  await expect.poll(held).toEqual([]);
  await expect.poll(() => existsSync(folder)).toBe(true);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  await expect.poll(problems).toContain('EEXIST');
  unlinkSync(folder);
  await expect.poll(problems).toBe('');
  put('one');
  await expect.poll(held).toEqual([digestOf('a')]);
});

test('a folder that cannot be made leaves the gate without entries, and not without the gate', () => {
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  open();
  expect(held()).toEqual([]);
  expect(problems()).toContain('EEXIST');
});

test('one that cannot be told is in the way of none', async () => {
  put('bad');
  put('one');
  open(async ({ id }) => {
    if (id === 'bad') throw new Error('no space');
    reported.push(id);
  });
  await expect.poll(() => reported).toEqual(['one']);
  await expect.poll(problems).toContain(`${join(folder, 'bad.json')}: no space`);
});

test('where nothing can be written each is told once, and put away when that is possible', async () => {
  put('one');
  put('over', { until: new Date(Date.now() - 1000).toISOString() });
  mount(['--bind', folder, folder]);
  try {
    mount(['-o', 'remount,ro,bind', folder]);
    open();
    await expect.poll(() => reported.toSorted()).toEqual(['one', 'over']);
    await expect.poll(problems).toContain('EROFS');
    await new Promise((resolve) => setTimeout(resolve, 300));
  } finally {
    mount([folder], 'umount');
  }
  await expect.poll(() => readdirSync(folder).toSorted()).toEqual(['one.json', 'one.told']);
  expect([reported.toSorted(), held(), problems()]).toEqual([['one', 'over'], [digestOf('a')], '']);
});

function mount(words: readonly string[], program = 'mount'): void {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
}
