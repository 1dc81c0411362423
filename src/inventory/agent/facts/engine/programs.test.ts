import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFileMemory } from '../file-memory.ts';
import { ownedFolders, programsIn, runtimesOf } from './programs.ts';

let root = '';
const memory = createFileMemory();
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'seawall-programs-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<string> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
  return createHash('sha256').update(text).digest('hex');
}

test('a runtime is found in the engine’s PATH, and is ours by its hash alone', async () => {
  const wrapper = await write('usr/bin/runc', 'wrapper');
  const other = await write('opt/runc', 'other');
  const where = { root, path: '/usr/sbin:/usr/bin', memory };
  const runtimes = { runc: { path: 'runc' }, odd: { path: '/opt/runc' }, gone: { path: '/opt/gone' } };
  expect(await runtimesOf(runtimes, where, [wrapper])).toEqual([
    { name: 'runc', path: 'runc', sha256: wrapper, isOurs: true },
    { name: 'odd', path: '/opt/runc', sha256: other, isOurs: false },
    { name: 'gone', path: '/opt/gone', isOurs: false },
  ]);
});

test('every plugin of a folder is named, and one that cannot be read is no empty folder', async () => {
  const sha256 = await write('opt/nri/10-x', 'x');
  await mkdir(join(root, 'opt/nri/folder'));
  expect(await programsIn('/opt/nri', { root, memory })).toEqual([{ path: '/opt/nri/10-x', sha256 }]);
  expect(await programsIn('/opt/none', { root, memory })).toEqual([]);
  await symlink('/nowhere/at/all', join(root, 'opt/nri/20-y'));
  await expect(programsIn('/opt/nri', { root, memory })).rejects.toThrow();
});

test('a folder that is not there is whose the one above is', async () => {
  await mkdir(join(root, 'etc/cdi'), { recursive: true });
  await chmod(join(root, 'etc/cdi'), 0o1777);
  await chmod(join(root, 'etc'), 0o775);
  const uid = process.getuid?.() ?? 0;
  expect(await ownedFolders(['/etc/cdi', '/etc/other/cdi'], root)).toEqual([
    { path: '/etc/cdi', uid, mode: 0o1777 },
    { path: '/etc', uid, mode: 0o775 },
  ]);
});

test('a runtime that another program was put in the place of is another one', async () => {
  const first = await write('usr/bin/runc', 'runc');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  const hashes = async () =>
    (await runtimesOf({ runc: { path: '/usr/bin/runc' } }, { root, path: '', memory }, [])).map(({ sha256 }) => sha256);
  expect([await hashes(), await hashes()]).toEqual([[first], [first]]);
  const second = await write('usr/bin/runc', 'evil program');
  expect(await hashes()).toEqual([second]);
  vi.useRealTimers();
});
