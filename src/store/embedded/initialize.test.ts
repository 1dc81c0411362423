import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { initialize } from './initialize.ts';

const folder = mkdtempSync(join(tmpdir(), 'seawall-initialize-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  [
    'says what it lacks',
    "echo 'some words' >&2; echo 'initdb: error: no such user' >&2; exit 1",
    /: initdb: error: no such user$/,
  ],
  [
    'goes on to clear up',
    "echo 'FATAL: could not write' >&2; echo 'initdb: removing contents of data directory' >&2; exit 1",
    /: FATAL: could not write$/,
  ],
  [
    'finds the disk full',
    "echo 'PANIC: no: No space left on device' >&2; echo 'child error: ended' >&2; echo 'initdb: removing' >&2; exit 1",
    /: PANIC: no: No space left on device$/,
  ],
  ['says nothing', 'exit 1', /Command failed/],
])('a data folder that cannot be made: the reason is one line where initdb %s', async (_, script, reason) => {
  mkdirSync(join(folder, 'server/bin'), { recursive: true });
  writeFileSync(join(folder, 'server/bin/initdb'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'server/bin/initdb'), 0o755);
  const folders = { data: join(folder, 'data') } as Parameters<typeof initialize>[1];
  const failing = initialize(join(folder, 'server'), folders, {
    account: { uid: 0, gid: 0, kind: 'own' },
    durability: 'none',
  });
  await expect(failing).rejects.toMatchObject({ code: 'store-unavailable', message: expect.stringMatching(reason) });
  await expect(failing).rejects.toMatchObject({ message: expect.not.stringMatching(/\n/) });
  expect(existsSync(join(folder, 'data.new'))).toBe(false);
});
