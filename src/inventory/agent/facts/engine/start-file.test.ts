import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readFlags } from './flags.ts';
import type { EngineProcess } from './process.ts';
import { readEngineFile } from './start-file.ts';

let proc = '';
const root = () => join(proc, '7/root');
beforeEach(async () => {
  proc = await mkdtemp(join(tmpdir(), 'seawall-start-file-'));
  await mkdir(join(root(), 'etc/docker'), { recursive: true });
});
afterEach(() => rm(proc, { recursive: true, force: true }));

const later = () => Date.now() + 60_000;
const before = () => Date.now() - 60_000;

function engine(started: number, environment: Readonly<Record<string, string>> = {}): EngineProcess {
  return { pid: 7, uid: 0, words: ['dockerd'], started, environment, sockets: new Set() };
}

test('a file that was there at the start is what the engine has', async () => {
  await writeFile(join(root(), 'etc/docker/daemon.json'), '\uFEFF{"icc": false}');
  const file = await readEngineFile(engine(later()), readFlags(['dockerd']), { proc });
  expect(file).toMatchObject({ atStart: { kind: 'read', settings: { icc: false } }, now: { icc: false } });
});

test('no file and an untouched folder: nothing was read', async () => {
  const file = await readEngineFile(engine(later()), readFlags(['dockerd']), { proc });
  expect(file.atStart).toEqual({ kind: 'none', path: '/etc/docker/daemon.json' });
});

test('no file and a folder that was changed since: it may have been removed', async () => {
  const file = await readEngineFile(engine(before()), readFlags(['dockerd']), { proc });
  expect(file.atStart).toMatchObject({ kind: 'unknown' });
});

test('no file though a flag names it: it was removed, for the engine would not have started', async () => {
  const flags = readFlags(['dockerd', '--config-file', '/etc/docker/other.json']);
  expect((await readEngineFile(engine(later()), flags, { proc })).atStart).toMatchObject({
    kind: 'unknown',
    path: '/etc/docker/other.json',
  });
});

test('a file that was removed is remembered, for this process alone', async () => {
  const started = before();
  const remembered = { pid: 7, started, text: '{"icc": false}' };
  const flags = readFlags(['dockerd']);
  expect((await readEngineFile(engine(started), flags, { proc, remembered })).atStart).toMatchObject({ kind: 'read' });
  for (const other of [
    { ...remembered, pid: 8 },
    { ...remembered, started: started - 5000 },
  ])
    expect((await readEngineFile(engine(started), flags, { proc, remembered: other })).atStart).toMatchObject({
      kind: 'unknown',
    });
});

test('a file that is no JSON cannot be what the engine read', async () => {
  await writeFile(join(root(), 'etc/docker/daemon.json'), '{');
  expect((await readEngineFile(engine(later()), readFlags(['dockerd']), { proc })).atStart).toMatchObject({
    kind: 'unknown',
  });
});

test('a rootless engine has its file at home', async () => {
  await mkdir(join(root(), 'home/ann/.config/docker'), { recursive: true });
  await writeFile(join(root(), 'home/ann/.config/docker/daemon.json'), '{"debug": true}');
  const rootless = engine(later(), { HOME: '/home/ann', ROOTLESSKIT_STATE_DIR: '/run/user/1000/dockerd-rootless' });
  expect(await readEngineFile(rootless, readFlags(['dockerd']), { proc })).toMatchObject({
    atStart: { path: '/home/ann/.config/docker/daemon.json', settings: { debug: true } },
  });
});
