import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sensorStarter, type SensorProgram } from './start-sensor.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-start-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program in the sensor's place. */
function program(script: string): string {
  const place = join(folder, 'sensor');
  writeFileSync(place, `#!/bin/sh\n${script}\n`);
  chmodSync(place, 0o755);
  return place;
}

function starter(more: Partial<SensorProgram> = {}) {
  return sensorStarter({
    places: [join(folder, 'missing'), join(folder, 'sensor')],
    socket: join(folder, 'run/sensor.sock'),
    instance: 'trial',
    engineRoot: () => '/var/lib/docker',
    stateFolder: folder,
    isRoot: true,
    sharesMounts: false,
    ...more,
  });
}

const groups = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].map((root) => join(root, 'seawall-sensor-trial'));
const soon = { timeout: 5000, interval: 10 };
const words = () => readFileSync(join(folder, 'words'), 'utf8').trim();

test('what stands in the way is said in a sentence, with what to do', async () => {
  expect(await starter({ isRoot: false }).start()).toMatch(/needs root/);
  expect(await starter().start()).toMatch(/There is no sensor at .*missing or .*sensor\..*make -C native/);
  program('echo "no cgroup2 is mounted" >&2; exit 1');
  expect(await starter().start()).toBe('The sensor ended with exit code 1: no cgroup2 is mounted');
  writeFileSync(join(folder, 'sensor'), 'no program');
  chmodSync(join(folder, 'sensor'), 0o644);
  expect(await starter().start()).toMatch(/cannot be started/);
});

test('nothing is started before the engine is there', async () => {
  program(`echo started >${folder}/words`);
  expect(await starter({ engineRoot: () => undefined }).start()).toBeUndefined();
  expect(() => words()).toThrow('ENOENT');
});

test('one that works is left alone, in a session of its own, and ended with what it left when it is asked for', async () => {
  program(`echo "$$ $(cut -d' ' -f6 /proc/$$/stat) $*" >>${folder}/words; [ "$3" = --remove ] || exec sleep 60`);
  const running = starter();
  expect(await running.start()).toBeUndefined();
  expect(await running.start()).toBeUndefined();
  const [pid, session] = words().split(/\s+/);
  expect(session).toBe(pid);
  expect(words().split('\n')).toHaveLength(1);
  expect(words()).toContain(`--instance trial --socket ${folder}/run/sensor.sock --engine-root /var/lib/docker`);
  await running.end();
  await expect.poll(() => words().split('\n')[1], soon).toMatch(/--instance trial --remove$/);
  expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  expect(groups.filter((group) => existsSync(group))).toEqual([]);
});
