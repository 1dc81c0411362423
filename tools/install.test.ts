import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'seawall-install-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Whether `npm start` and others would install, where the lock file and npm's own record of it were written so long ago. */
function installs(secondsAgo: { readonly lock: number; readonly record?: number }): boolean {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  mkdirSync(join(folder, 'bin'), { recursive: true });
  write('package-lock.json', secondsAgo.lock);
  if (secondsAgo.record !== undefined) write('node_modules/.package-lock.json', secondsAgo.record);
  writeFileSync(
    join(folder, 'bin/npm'),
    '#!/bin/sh\necho "npm $*"\nmkdir -p node_modules && : >node_modules/.package-lock.json\n',
  );
  chmodSync(join(folder, 'bin/npm'), 0o755);
  const script = join(import.meta.dirname, 'install.sh');
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` };
  const { status, stderr } = spawnSync('sh', ['-euc', `. "${script}"`], { cwd: folder, env, encoding: 'utf8' });
  expect(status).toBe(0);
  return /^npm ci /m.test(stderr);
}

function write(name: string, secondsAgo: number): void {
  const at = Date.now() / 1000 - secondsAgo;
  writeFileSync(join(folder, name), '{}');
  utimesSync(join(folder, name), at, at);
}

test.each([
  ['nothing was installed', { lock: 100 }, true],
  ['the lock file changed since', { lock: 50, record: 100 }, true],
  ['`npm ci` was run by hand', { lock: 100, record: 50 }, false],
] as const)('packages where %s', (_, secondsAgo, expected) => {
  expect(installs(secondsAgo)).toBe(expected);
});

test('are installed once', () => {
  expect(installs({ lock: 100 })).toBe(true);
  expect(installs({ lock: 100 })).toBe(false);
});
