import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unwritable } from './console-log.ts';

const failed = (code: string) => Object.assign(new Error(`${code}: it failed`), { code });

interface Users {
  readonly me: number;
  readonly owner: number | undefined;
}

test.each<[code: string, users: Users, message: RegExp, next: RegExp]>([
  [
    'EACCES',
    { me: 65_532, owner: 4242 },
    /by uid 65532: .* belongs to uid 4242\.$/,
    /--user 4242:4242`.*chown -R 65532/,
  ],
  ['EPERM', { me: 65_532, owner: 0 }, /belongs to uid 0\.$/, /--user 0:0/],
  ['EACCES', { me: 7, owner: 7 }, /cannot be used: EACCES: it failed\.$/, /writable/],
  ['EACCES', { me: 7, owner: undefined }, /cannot be used: EACCES: it failed\.$/, /writable/],
  ['EROFS', { me: 7, owner: 8 }, /cannot be used: EROFS: it failed\.$/, /writable/],
  ['ENOSPC', { me: 7, owner: 8 }, /cannot be used: ENOSPC: it failed\.$/, /writable/],
])('a state folder that cannot be written, by %s of %j, says what to do', (code, users, ...[message, next]) => {
  const error = unwritable('/s', failed(code), users);
  expect(error.code).toBe('state-unwritable');
  expect(error.message).toMatch(message);
  expect(error.next).toMatch(next);
});

test('a log on a full disk ends nothing, now or when the console ends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-log-'));
  symlinkSync('/dev/full', join(folder, 'console.log'));
  const module = join(import.meta.dirname, 'console-log.ts');
  const program = `
    const { openConsoleLog } = await import(${JSON.stringify(module)});
    const log = openConsoleLog(${JSON.stringify(join(folder, 'console.log'))});
    for (let line = 0; line < 3; line += 1) {
      log.info({ line }, 'There is no room.');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }`;
  const words = ['--input-type=module', '--eval', program];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 30_000 });
  expect([status, stderr]).toEqual([0, '']);
  rmSync(folder, { recursive: true });
});
