import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { groupOf } from './sensor-group.ts';

/** Milliseconds in which a sensor ends. */
const patience = 5000;
const pause = 50;

/** Ends the sensor of an instance, whoever started it, and removes what it left in the kernel and among the cgroups. */
export async function endSensorOf(instance: string, places: readonly string[]): Promise<void> {
  const found = sensorsOf(instance);
  for (const pid of found) process.kill(pid, 'SIGTERM');
  for (let waited = 0; waited < patience && sensorsOf(instance).length > 0; waited += pause) await wait(pause);
  const file = places.find((one) => existsSync(one));
  if (file !== undefined) spawnSync(file, ['--instance', instance, '--remove'], { env: {}, stdio: 'ignore' });
  removeGroup(instance);
}

/** Removes the sensor's own cgroup, where nobody is in it any more. */
export function removeGroup(instance: string): void {
  try {
    rmdirSync(groupOf(instance) ?? '');
  } catch {
    // Somebody is in it still, or it was never made.
  }
}

function sensorsOf(instance: string): readonly number[] {
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
