import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A console that runs on this machine for this user, as it wrote itself down. */
export interface Instance {
  readonly pid: number;
  /** When the process started, in clock ticks since boot (proc(5), field 22 of `stat`): tells it from a later one of the same pid. */
  readonly startTicks: string;
  /** Origin of its pages. */
  readonly url: string;
  /** Where this machine's own programs reach them; missing: an older console wrote it. */
  readonly localUrl?: string;
  readonly startedAt: string;
  /** Length of an hour of its learning method; missing: 3600. */
  readonly bucketSeconds?: number;
}

/** The console that runs here, or nothing; what a killed one left behind does not count. */
export function runningConsole(stateFolder: string): Instance | undefined {
  try {
    const instance = JSON.parse(readFileSync(fileIn(stateFolder), 'utf8')) as Instance;
    const ticks = startTicks(instance.pid);
    return ticks !== undefined && ticks === instance.startTicks ? instance : undefined;
  } catch {
    return undefined;
  }
}

/** Writes this process down as the console of the folder; the answer takes it back. */
export function writeInstance(
  stateFolder: string,
  { url, localUrl, bucketSeconds }: Pick<Instance, 'url' | 'localUrl' | 'bucketSeconds'>,
): () => void {
  const instance: Instance = {
    pid: process.pid,
    startTicks: startTicks(process.pid) ?? '',
    url,
    ...(localUrl === undefined ? {} : { localUrl }),
    startedAt: new Date().toISOString(),
    ...(bucketSeconds === undefined ? {} : { bucketSeconds }),
  };
  mkdirSync(stateFolder, { recursive: true });
  writeFileSync(fileIn(stateFolder), JSON.stringify(instance), { mode: 0o600 });
  return () => rmSync(fileIn(stateFolder), { force: true });
}

function fileIn(stateFolder: string): string {
  return join(stateFolder, 'console.json');
}

function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
