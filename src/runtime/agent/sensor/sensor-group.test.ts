import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { removeGroup } from './end-sensor.ts';
import { groupOf, moveOut } from './sensor-group.ts';

const instance = `group-${process.pid}`;
let sensor: ChildProcess | undefined;
afterEach(async () => {
  if (sensor?.pid !== undefined && sensor.exitCode === null) {
    process.kill(-sensor.pid, 'SIGKILL');
    await once(sensor, 'exit');
  }
  removeGroup(instance);
});

const isIn = (pid: number) => readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(`/seawall-sensor-${instance}`);

test('a watchdog that was there first goes with its sensor', async () => {
  expect(groupOf(instance)).toBeDefined();
  sensor = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; wait'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [said] = sensor.stdout === null ? [] : await once(sensor.stdout, 'data');
  const watchdog = Number(String(said));
  moveOut(sensor.pid ?? 0, instance);
  expect([isIn(sensor.pid ?? 0), isIn(watchdog)]).toEqual([true, true]);
});
