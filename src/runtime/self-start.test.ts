import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isPlain, selfStart } from './self-start.ts';

const source = readFileSync(join(import.meta.dirname, '../../native/sensor/guard/code-file.c'), 'utf8');
const table = /\} programs\[\] = \{(.*?)\n\};/su.exec(source)?.[1] ?? '';
const names = [...table.matchAll(/"([^"]+)"/gu)].map(([, name = '']) => name);

test('what the sensor knows to run code does not start itself as told', () => {
  expect(names.length).toBeGreaterThan(40);
  expect(names.flatMap((name) => [name, `${name}8.2`]).filter((name) => isPlain(`/usr/bin/${name}`))).toEqual([]);
});

test.each([
  'python3.13t',
  'perl5.40-x86_64-linux-gnu',
  'mksh',
  'R',
  'pwsh',
  'nawk',
  'julia',
  'env',
  'xargs',
  'find',
  'timeout',
  'sudo',
  'nsenter',
  'chroot',
  'nice',
  'tini',
  'gosu',
  'unshare',
  'busybox',
  'ld-linux-x86-64.so.2',
  'curl',
  'nc',
  'sh',
])('%s does as it is told', (name) => {
  const path = `/usr/bin/${name}`;
  expect(selfStart({ dimension: 'process', path, caller: path })).toBeUndefined();
});

test.each([
  'sshd',
  'nginx',
  'postgres',
  'redis-server',
  'cron',
  'findmnt',
  'envoy',
  'javac-like',
  'shred',
  'rm',
  'awkward',
])('%s may start itself again', (name) => {
  const path = `/usr/sbin/${name}`;
  expect(selfStart({ dimension: 'process', path, caller: path })).toBe(path);
});
