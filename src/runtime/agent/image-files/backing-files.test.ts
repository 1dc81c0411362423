import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ScannedExecutable } from './scanned-executable.ts';
import { findBackingFiles } from './backing-files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-layers-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = 'a program';
const scanned = (path: string, layer = 0): ScannedExecutable => {
  return { path, layer, size: text.length, sha256: 'a'.repeat(64), md5: 'b'.repeat(32) };
};

function put(path: string): bigint {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return statSync(whole, { bigint: true }).ino;
}

const layers = () => ['one', 'two'].map((name) => join(folder, name));

test('a file is the one of the layer that its scan names, under the name that it has there', async () => {
  put('one/usr/bin/ls');
  const changed = put('two/usr/bin/ls');
  const moved = put('one/lib/code.so');
  const { files, missingCount } = await findBackingFiles(
    [scanned('usr/bin/ls', 1), scanned('usr/lib/code.so')],
    layers(),
  );
  expect(files.map(({ path, file }) => [path, file.inode])).toEqual([
    ['/usr/bin/ls', changed],
    ['/usr/lib/code.so', moved],
  ]);
  expect(missingCount).toBe(0);
});

test('no link of a layer leads out of it, to another file of the host', async () => {
  put('host/secret/ls');
  put('one/real/ls');
  symlinkSync(join(folder, 'host/secret'), join(folder, 'one/bin'));
  symlinkSync('../host', join(folder, 'one/sbin'));
  symlinkSync('real', join(folder, 'one/inside'));
  mkdirSync(join(folder, 'one/usr/local'), { recursive: true });
  symlinkSync('/', join(folder, 'one/usr/local/bin'));
  const paths = ['bin/ls', 'usr/bin/ls', 'sbin/secret/ls', 'inside/ls', `usr/local/bin${folder}/host/secret/ls`];
  const { files, missing } = await findBackingFiles(
    paths.map((path) => scanned(path)),
    layers(),
  );
  expect(files).toEqual([]);
  expect(missing).toEqual(paths.map((path) => `/${path}`));
});

test('another size, a folder or a layer that is not there is no program', async () => {
  put('one/bin/ls');
  const other = [{ ...scanned('bin/ls'), size: 3 }, scanned('bin'), scanned('bin/ls', 7)];
  expect(await findBackingFiles(other, layers())).toMatchObject({ files: [], missingCount: 3 });
});
