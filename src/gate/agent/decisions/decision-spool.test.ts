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
import type { SpooledDecision } from '../schema.ts';
import { type DecisionSpool, openDecisionSpool } from './decision-spool.ts';

let folder = '';
let spool: DecisionSpool | undefined;
let lost = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-spool-'));
  lost = 0;
});
afterEach(async () => {
  await spool?.close();
  rmSync(folder, { recursive: true });
});

/** As the wrapper does: whole, by a rename. */
function put(id: string, more: object = {}): void {
  const start = { form: 1, id, time: '2026-11-24T10:00:00.125Z', verb: 'create', container: 'ab'.repeat(32) };
  const end = { bundle: null, image: null, build: false, answer: 'allow', cause: 'verdict', reason: null };
  const text = JSON.stringify({ ...start, ...end, asked: 'answered', milliseconds: 1.25, ledgerSequence: 7, ...more });
  writeFileSync(join(folder, `.${id}.part`), text);
  renameSync(join(folder, `.${id}.part`), join(folder, `${id}.json`));
}

function open(take: (one: SpooledDecision, done: () => void) => Promise<void>): void {
  spool = openDecisionSpool({ folder, take, lost: () => void (lost += 1), log: silentLog, look: 100 });
}

test('those that waited and those that come are taken once, and go when they are done with', async () => {
  put('a');
  const taken: string[] = [];
  const waiting: (() => void)[] = [];
  open(async ({ id }, done) => {
    taken.push(id);
    if (id === 'held') waiting.push(done);
    else done();
  });
  await expect.poll(() => taken).toEqual(['a']);
  put('held');
  put('b');
  await expect.poll(() => taken).toEqual(['a', 'b', 'held']);
  await expect.poll(() => readdirSync(folder)).toEqual(['held.json']);
  for (const done of waiting) done();
  await expect.poll(() => readdirSync(folder)).toEqual([]);
  expect(taken).toHaveLength(3);
});

test('one that cannot be told stays and comes again', async () => {
  let tries = 0;
  put('a');
  open(async (_, done) => {
    tries += 1;
    if (tries < 3) throw new Error('no space');
    done();
  });
  await expect.poll(() => tries).toBe(3);
  await expect.poll(() => existsSync(join(folder, 'a.json'))).toBe(false);
});

test('what is no decision is counted and removed, and is in the way of none', async () => {
  const taken: string[] = [];
  writeFileSync(join(folder, 'half.json'), '{"form":1,');
  writeFileSync(join(folder, 'long.json'), `"${'x'.repeat(5 * 1024 * 1024)}"`);
  put('path', { container: '../../etc/passwd' });
  put('z');
  open(async ({ id }, done) => {
    taken.push(id);
    done();
  });
  await expect.poll(() => taken).toEqual(['z']);
  expect([spool?.damaged(), lost]).toEqual([3, 3]);
  await expect.poll(() => readdirSync(folder)).toEqual([]);
});

test('what is no file and cannot be removed is counted once, said, and in the way of none', async () => {
  mkdirSync(join(folder, 'a.json'));
  put('z');
  const taken: string[] = [];
  open(async ({ id }, done) => {
    taken.push(id);
    done();
  });
  await expect.poll(() => taken).toEqual(['z']);
  put('zz');
  await expect.poll(() => taken).toEqual(['z', 'zz']);
  expect(spool?.damaged()).toBe(1);
  expect(spool?.problems().join(' ')).toContain(`${join(folder, 'a.json')} cannot be removed`);
  rmSync(join(folder, 'a.json'), { recursive: true });
  await expect.poll(() => spool?.problems().join(' ')).not.toContain('a.json');
});

test('one that cannot be removed is told once, and removed when that is possible', async () => {
  put('a');
  const file = join(folder, 'a.json');
  mount(['--bind', file, file]);
  const taken: string[] = [];
  try {
    open(async ({ id }, done) => {
      taken.push(id);
      done();
    });
    await expect.poll(() => taken).toEqual(['a']);
    put('b');
    await expect.poll(() => taken).toEqual(['a', 'b']);
    await expect.poll(() => readdirSync(folder)).toEqual(['a.json']);
    await expect.poll(() => spool?.problems().join(' ')).toContain(`${file} cannot be removed: EBUSY`);
    put('c');
    await expect.poll(() => taken).toEqual(['a', 'b', 'c']);
  } finally {
    spawnSync('umount', [file]);
  }
  await expect.poll(() => readdirSync(folder)).toEqual([]);
  expect(taken).toEqual(['a', 'b', 'c']);
  expect(spool?.problems()).toEqual([]);
});

test('keeps an unreadable decision file, reports it, and retries until it can be read', async () => {
  symlinkSync('a.json', join(folder, 'a.json'));
  put('b');
  const taken: string[] = [];
  open(async ({ id }, done) => {
    taken.push(id);
    done();
  });
  await expect.poll(() => taken).toEqual(['b']);
  expect(spool?.problems().join(' ')).toContain(`${join(folder, 'a.json')} cannot be read: ELOOP`);
  expect([spool?.damaged(), lost, await spool?.collect()]).toEqual([0, 0, false]);
  unlinkSync(join(folder, 'a.json'));
  put('a');
  await expect.poll(() => taken).toEqual(['b', 'a']);
  await expect.poll(() => spool?.problems()).toEqual([]);
});

test('one that cannot be told is in the way of none', async () => {
  put('a');
  put('b');
  const taken: string[] = [];
  open(async ({ id }, done) => {
    if (id === 'a') throw new Error('too long for the spool');
    taken.push(id);
    done();
  });
  await expect.poll(() => taken).toEqual(['b']);
  expect(readdirSync(folder)).toEqual(['a.json']);
  expect(spool?.problems().join(' ')).toContain(`${join(folder, 'a.json')} cannot be reported: `);
});

test('a folder that is gone is made again, and one that cannot be read is said', async () => {
  const taken: string[] = [];
  open(async ({ id }, done) => {
    taken.push(id);
    done();
  });
  rmSync(folder, { recursive: true });
  await expect.poll(() => existsSync(folder)).toBe(true);
  put('a');
  await expect.poll(() => taken).toEqual(['a']);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  await expect.poll(() => spool?.problems().join(' ')).toContain('cannot be collected: EEXIST');
  expect(await spool?.collect()).toBe(false);
  unlinkSync(folder);
  await expect.poll(() => spool?.problems()).toEqual([]);
});

test('what lies there is taken when that is asked for, and whether it is all is said', {
  timeout: 60_000,
}, async () => {
  for (let more = 0; more < 5010; more += 1) put(`a${more}`);
  const taken = new Set<string>();
  open(async ({ id }, done) => {
    taken.add(id);
    done();
  });
  expect(await spool?.collect()).toBe(false);
  expect(taken.size).toBe(5000);
  await expect.poll(() => spool?.collect()).toBe(true);
  expect(taken.size).toBe(5010);
  put('b');
  expect([await spool?.collect(), taken.has('b')]).toEqual([true, true]);
});

function mount(words: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount failed: ${stderr}`);
}
