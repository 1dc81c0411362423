import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findEngineProcess, runningPrograms } from '../facts/engine/process.ts';
import { isContainerCgroup } from '../facts/host/processes.ts';

/** Number of a process's mount namespace; `undefined` where it has ended, or may not be asked. */
export function mountSpaceOf(pid: number | 'self', proc = '/proc'): string | undefined {
  try {
    return readlinkSync(join(proc, String(pid), 'ns/mnt'));
  } catch {
    return undefined;
  }
}

/**
 * The process of the engine behind a socket. One in a container is none, and one of another user than root: either may be
 * anybody's program of that name, with files of its own.
 */
export async function engineProcess(socket: string, proc = '/proc'): Promise<number | undefined> {
  const found = await findEngineProcess(socket, await runningPrograms(proc), proc).catch(() => undefined);
  return found === undefined || found.uid !== 0 || isInContainer(found.pid, proc) ? undefined : found.pid;
}

function isInContainer(pid: number, proc: string): boolean {
  try {
    return isContainerCgroup(readFileSync(join(proc, String(pid), 'cgroup'), 'utf8'));
  } catch {
    return true;
  }
}
