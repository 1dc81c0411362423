import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../journeys/seawall.ts';
import { until } from './lab.ts';
import { processes } from './processes.ts';

/** The sensor of this checkout. */
export const sensorProgram = join(repository, 'native/build/seawall-sensor');

/** Ends an instance's sensor and removes what it left in the kernel. */
export async function endSensor(instance: string): Promise<void> {
  for (const pid of sensors(instance)) {
    process.kill(pid, 'SIGTERM');
    process.kill(pid, 'SIGCONT'); // it may be stopped
  }
  await until('the end of the sensor', async () => sensors(instance).length === 0, { seconds: 20 });
  if (existsSync(sensorProgram)) spawnSync(sensorProgram, ['--instance', instance, '--remove']);
}

/** Processes of this instance's sensor. */
export function sensors(instance: string): readonly number[] {
  return processes().filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return (words[0] ?? '').endsWith('seawall-sensor') && words[words.indexOf('--instance') + 1] === instance;
    } catch {
      return false;
    }
  });
}
