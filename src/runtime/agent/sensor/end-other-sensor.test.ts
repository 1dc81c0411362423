import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endOtherSensor } from './end-other-sensor.ts';

let folder = '';
let earlier: ChildProcess | undefined;
const instance = `other-${process.pid}`;
const file = realpathSync('/bin/sh');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-other-'));
});
afterEach(() => {
  earlier?.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** A process that looks like a sensor: a program with the words of one. */
async function start(engineRoot: string): Promise<ChildProcess> {
  const words = ['-c', 'read -r line; :', 'sh', '--instance', instance, '--engine-root', engineRoot];
  earlier = spawn(file, words, { argv0: '/usr/lib/seawall-sensor', stdio: ['pipe', 'ignore', 'ignore'] });
  await once(earlier, 'spawn');
  return earlier;
}

test('the one that would be started goes on', async () => {
  const sensor = await start(folder);
  const copy = join(folder, 'sensor');
  copyFileSync(file, copy);
  expect(await endOtherSensor({ instance, file: copy, engineRoot: folder, sharesMounts: true })).toBe(false);
  expect(sensor.signalCode).toBeNull();
});

test('one that is told the same folder by another name goes on', async () => {
  const link = join(folder, 'link');
  symlinkSync(folder, link);
  const sensor = await start(link);
  expect(await endOtherSensor({ instance, file, engineRoot: folder, sharesMounts: true })).toBe(false);
  expect(sensor.signalCode).toBeNull();
});

test('one with another program is ended', async () => {
  const ended = once(await start(folder), 'exit');
  const newer = join(folder, 'sensor');
  writeFileSync(newer, 'newer');
  expect(await endOtherSensor({ instance, file: newer, engineRoot: folder, sharesMounts: false })).toBe(true);
  expect(await ended).toEqual([null, 'SIGTERM']);
});

test('one for another folder of the engine is ended', async () => {
  const ended = once(await start(join(folder, 'gone')), 'exit');
  expect(await endOtherSensor({ instance, file, engineRoot: folder, sharesMounts: false })).toBe(true);
  expect(await ended).toEqual([null, 'SIGTERM']);
});

test('that of another instance goes on', async () => {
  const sensor = await start(tmpdir());
  const other = { instance: `${instance}-two`, file, engineRoot: folder, sharesMounts: false };
  expect(await endOtherSensor(other)).toBe(false);
  expect(sensor.signalCode).toBeNull();
});
