import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { groupOf } from './sensor-group.ts';

/** Milliseconds in which a sensor ends. */
const patience = 5000;
const pause = 50;

/** Ends the sensor of an instance, whoever started it, and removes what it left in the kernel and among the cgroups. */
export async function endSensorOf(instance: string, places: readonly string[]): Promise<void> {
  await endSensors(sensorsOf(instance), instance);
  const file = places.find((one) => existsSync(one));
  if (file !== undefined) spawnSync(file, ['--instance', instance, '--remove'], { env: {}, stdio: 'ignore' });
  removeGroup(instance);
}

/** Asks these sensors of the instance to end, and waits for it. */
export async function endSensors(pids: readonly number[], instance: string): Promise<void> {
  const isThere = (): boolean => sensorsOf(instance).some((pid) => pids.includes(pid));
  for (const pid of pids) process.kill(pid, 'SIGTERM');
  for (let waited = 0; waited < patience && isThere(); waited += pause) await wait(pause);
}

/** Removes the sensor's own cgroup, where nobody is in it any more. */
export function removeGroup(instance: string): void {
  try {
    rmdirSync(groupOf(instance) ?? '');
  } catch {
    // Somebody is in it still, or it was never made.
  }
}

/** Numbers of the processes that are this instance's sensor. */
export function sensorsOf(instance: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isSensorOf(name, instance))
    .map(Number);
}

function isSensorOf(pid: string, instance: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return /(?:^|\/)seawall-sensor$/.test(words[0] ?? '') && words[words.indexOf('--instance') + 1] === instance;
  } catch {
    return false;
  }
}
