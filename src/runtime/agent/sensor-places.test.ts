import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const native = resolve(import.meta.dirname, '../../../native');
const program = join(native, 'build/seawall-sensor');
const folder = mkdtempSync(join(tmpdir(), 'seawall-places-'));
const own = ['--instance', 'places', '--socket', join(folder, 'sensor.sock'), '--bpffs', '/sys/fs/bpf/seawall/places'];

beforeAll(() => {
  const built = spawnSync('flock', [native, 'make', '--silent', '-C', native], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  [
    'an engine’s folder that does not exist',
    ['--engine-root', '/nowhere'],
    /--engine-root \/nowhere is no folder.*docker info/,
  ],
  ['an engine’s folder that is a file', ['--engine-root', '/etc/passwd'], /--engine-root \/etc\/passwd is no folder/],
  [
    'a hierarchy that does not exist',
    ['--engine-root', folder, '--cgroup2', '/nowhere'],
    /--cgroup2 \/nowhere is no cgroup2.*findmnt/,
  ],
  [
    'a hierarchy that is another file system',
    ['--engine-root', folder, '--cgroup2', folder],
    /is no cgroup2 file system/,
  ],
])('the sensor does not start with %s, and says what to give', (_, words, says) => {
  const { status, stderr } = spawnSync(program, [...own, ...words], { encoding: 'utf8', timeout: 20_000 });
  expect(stderr).toMatch(says);
  expect(status).toBe(1);
});

test('on a kernel without BTF it says so', () => {
  const hidden = ['-m', 'sh', '-c', 'mount -t tmpfs none /sys/kernel/btf && exec "$@"', 'sh'];
  const words = [...hidden, program, ...own, '--engine-root', folder];
  const { status, stderr } = spawnSync('unshare', words, { encoding: 'utf8', timeout: 20_000 });
  expect(stderr).toMatch(/this kernel has no BTF \(\/sys\/kernel\/btf\/vmlinux: .*CONFIG_DEBUG_INFO_BTF=y/);
  expect(status).toBe(1);
});
