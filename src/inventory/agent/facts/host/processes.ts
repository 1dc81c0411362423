import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** A process of the host, with no more than who it is. */
export interface HostProcess {
  readonly pid: number;
  /** Name that the kernel knows, 15 bytes at most. */
  readonly name: string;
  readonly owner: 'host' | 'container';
}

const mostProcesses = 32_768;
const mostHandles = 65_536;
/** The id of a container, alone or behind its engine's name: `docker-0123….scope`. The engine's own service has none. */
const inContainer = /[/:-][0-9a-f]{64}(?:\.scope)?(?:\/|$)/m;

/** Between two turns of others, as many processes are looked at: waiting for each of so small files costs more than they do. */
const atOnce = 50;

/** Processes of the host; those that ended meanwhile are left out. */
export async function hostProcesses(root: string): Promise<readonly HostProcess[]> {
  const pids = readdirSync(join(root, 'proc')).filter((name) => /^\d+$/.test(name));
  if (pids.length > mostProcesses) throw new Error(`more than ${mostProcesses} processes run`);
  const found: HostProcess[] = [];
  for (const [at, pid] of pids.entries()) {
    if (at % atOnce === 0) await setImmediate();
    const name = readQuietly(`${root}/proc/${pid}/comm`)?.trimEnd();
    const cgroup = readQuietly(`${root}/proc/${pid}/cgroup`);
    if (name === undefined || cgroup === undefined) continue;
    found.push({ pid: Number(pid), name, owner: isContainerCgroup(cgroup) ? 'container' : 'host' });
  }
  return found;
}

/** Whether a path of proc_pid_cgroup(5) is a container's, by the names that engines give. */
export function isContainerCgroup(text: string): boolean {
  return inContainer.test(text);
}

/** Path of its program, where it still runs and may be read. */
export function programOfProcess(root: string, pid: number): string | undefined {
  const path = quietly(() => readlinkSync(join(root, 'proc', String(pid), 'exe')));
  return path?.replace(/ \(deleted\)$/, '');
}

/** Numbers of the sockets that it holds. */
export function socketsOfProcess(root: string, pid: number): readonly number[] {
  const folder = join(root, 'proc', String(pid), 'fd');
  const handles = quietly(() => readdirSync(folder)) ?? [];
  const found: number[] = [];
  for (const handle of handles.slice(0, mostHandles)) {
    const target = quietly(() => readlinkSync(`${folder}/${handle}`));
    const inode = /^socket:\[(\d+)\]$/.exec(target ?? '')?.[1];
    if (inode !== undefined) found.push(Number(inode));
  }
  return found;
}

/** Arguments of a process, for programs whose flags are settings. */
export function argumentsOf(root: string, pid: number): readonly string[] {
  const text = readQuietly(join(root, 'proc', String(pid), 'cmdline'));
  return (text ?? '')
    .slice(0, 128 * 1024)
    .split('\0')
    .filter(Boolean);
}

function readQuietly(path: string): string | undefined {
  return quietly(() => readFileSync(path, 'utf8'));
}

function quietly<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
