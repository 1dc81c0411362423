import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '#base/index.ts';
import type { SpooledDecision } from '../schema.ts';
import { type DecisionSpool, openDecisionSpool } from './decision-spool.ts';

let folder = '';
let spool: DecisionSpool | undefined;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'seawall-spool-'))));
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
  spool = openDecisionSpool({ folder, take, log: silentLog, look: 100 });
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
  expect(spool?.damaged()).toBe(3);
  await expect.poll(() => readdirSync(folder)).toEqual([]);
});
