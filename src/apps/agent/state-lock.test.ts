import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockState } from './state-lock.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'seawall-lock-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test('a state folder belongs to one agent at a time', () => {
  const state = join(folder, 'agent/default');
  const release = lockState(state);
  expect(() => lockState(state)).toThrow(
    expect.objectContaining({ code: 'already-running', message: expect.stringContaining(`${process.pid}`) }),
  );
  release();
  lockState(state)();
  expect(readdirSync(state)).toEqual([]);
});

test.each([
  ['of an agent that was killed', JSON.stringify({ pid: 2 ** 22 + 1, start: '5' })],
  ['whose number another process has now', JSON.stringify({ pid: 1, start: 'long ago' })],
  ['that was never written whole', '{"pid":'],
])('a lock %s does not count', (_, text) => {
  writeFileSync(join(folder, 'agent.lock'), text);
  lockState(folder)();
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that cannot be made is named', () => {
  writeFileSync(join(folder, 'file'), '');
  const reason = expect.objectContaining({ code: 'state-unwritable', message: expect.stringContaining('file/state') });
  expect(() => lockState(join(folder, 'file/state'))).toThrow(reason);
});
