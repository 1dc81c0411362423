import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { endSensors, sensorsOf } from './end-sensor.ts';

/** The sensor that an agent would start. */
export interface OwnSensor {
  readonly instance: string;
  readonly file: string;
  readonly engineRoot: string;
  /** Whether it has to be in the mounts of its agent: those of the engine. */
  readonly sharesMounts: boolean;
}

/**
 * Ends the sensor that an earlier agent started, where this one would start another: of a release with another program, for
 * another folder of the engine, in other mounts. Until the next one is there, the kernel goes on with the policies that it
 * has. What is a unit of the host is left to its package. Answers whether one was ended.
 */
export async function endOtherSensor(own: OwnSensor): Promise<boolean> {
  const others = sensorsOf(own.instance).filter((pid) => isOther(pid, own));
  await endSensors(others, own.instance);
  return others.length > 0;
}

function isOther(pid: number, { file, engineRoot, sharesMounts }: OwnSensor): boolean {
  try {
    if (/seawall-sensor(?:@|\.slice)/.test(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))) return false;
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const isElsewhere = sharesMounts && readlinkSync(`/proc/${pid}/ns/mnt`) !== readlinkSync('/proc/self/ns/mnt');
    return (
      isElsewhere ||
      realOf(rootOf(words)) !== realOf(engineRoot) ||
      !readFileSync(`/proc/${pid}/exe`).equals(readFileSync(file))
    );
  } catch {
    // It has ended, or may not be looked at.
    return false;
  }
}

function rootOf(words: readonly string[]): string {
  const at = words.indexOf('--engine-root');
  return (at < 0 ? undefined : words[at + 1]) ?? usualEngineRoot;
}

/** A folder that was moved away is told by its name. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Where the sensor looks when nothing is said. */
const usualEngineRoot = '/var/lib/docker';
