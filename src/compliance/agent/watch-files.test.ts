import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Log, silentLog } from '#base/index.ts';
import { type FileWatch, watchFiles } from './watch-files.ts';

let folder: string;
let changes: string[];
let files: FileWatch;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-files-'));
  changes = [];
  files = watchFiles({ changed: (path) => void changes.push(path), log: silentLog });
});
afterEach(() => {
  files.close();
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const told = () => expect.poll(() => [...new Set(changes)], { timeout: 2000 });

test('a file that is written, gets another mode, comes or goes is told; its neighbours are not', async () => {
  writeFileSync(at('a'), '1');
  for (const name of ['a', 'later']) files.lookedAt(at(name));
  writeFileSync(at('neighbour'), '1');
  chmodSync(at('a'), 0o600);
  await told().toEqual([at('a')]);
  writeFileSync(at('later'), '1');
  await told().toEqual([at('a'), at('later')]);
  changes.length = 0;
  rmSync(at('later'));
  await told().toEqual([at('later')]);
});

test('a folder that is put in another’s place is watched once it was looked at', async () => {
  mkdirSync(at('etc'));
  mkdirSync(at('other'));
  const look = () => [at('etc'), at('etc/file')].forEach((path) => files.lookedAt(path));
  look();
  renameSync(at('etc'), at('old'));
  renameSync(at('other'), at('etc'));
  await told().toEqual([at('etc')]);
  changes.length = 0;
  writeFileSync(at('old/file'), '1');
  look();
  writeFileSync(at('etc/file'), '1');
  await told().toEqual([at('etc/file')]);
});

test('beyond its limit it says once that others are not watched', () => {
  const said: unknown[] = [];
  const log = { ...silentLog, warn: (about: unknown) => void said.push(about) } as Log;
  const few = watchFiles({ changed: () => undefined, log, most: 1 });
  for (const name of ['a', 'b/c', 'd/e', '../x']) few.lookedAt(at(name));
  few.close();
  expect(said).toEqual([{ error: 'more than 1 folders' }]);
});

test('what the kernel has no watch for is told again and again, until it has one', async () => {
  let isUsedUp = true;
  const few = watchFiles({
    changed: (path) => void changes.push(path),
    log: silentLog,
    pause: 20,
    watchFolder: (path, listener) => {
      if (isUsedUp) throw Object.assign(new Error('no watch is left'), { code: 'ENOSPC' });
      return watch(path, { persistent: false }, listener);
    },
  });
  few.lookedAt(at('a'));
  await told().toEqual([folder]);
  isUsedUp = false;
  few.lookedAt(at('a'));
  changes.length = 0;
  await setTimeout(80);
  expect(changes).toEqual([]);
  writeFileSync(at('a'), '1');
  await told().toEqual([at('a')]);
  few.close();
});

test('a folder that is not there is nothing to be told of', async () => {
  const few = watchFiles({ changed: (path) => void changes.push(path), log: silentLog, pause: 10 });
  few.lookedAt(at('nowhere/a'));
  await setTimeout(50);
  few.close();
  expect(changes).toEqual([]);
});
