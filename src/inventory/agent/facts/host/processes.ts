import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

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

/** Processes of the host; those that ended meanwhile are left out. */
export async function hostProcesses(root: string): Promise<readonly HostProcess[]> {
  const pids = (await readdir(join(root, 'proc'))).filter((name) => /^\d+$/.test(name));
  if (pids.length > mostProcesses) throw new Error(`more than ${mostProcesses} processes run`);
  const found: HostProcess[] = [];
  for (const pid of pids) {
    const name = (await readQuietly(join(root, 'proc', pid, 'comm')))?.trimEnd();
    const cgroup = await readQuietly(join(root, 'proc', pid, 'cgroup'));
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
export async function programOfProcess(root: string, pid: number): Promise<string | undefined> {
  const path = await quietly(() => readlink(join(root, 'proc', String(pid), 'exe')));
  return path?.replace(/ \(deleted\)$/, '');
}

/** Numbers of the sockets that it holds. */
export async function socketsOfProcess(root: string, pid: number): Promise<readonly number[]> {
  const folder = join(root, 'proc', String(pid), 'fd');
  const handles = (await quietly(() => readdir(folder))) ?? [];
  const found: number[] = [];
  for (const handle of handles.slice(0, mostHandles)) {
    const target = await quietly(() => readlink(join(folder, handle)));
    const inode = /^socket:\[(\d+)\]$/.exec(target ?? '')?.[1];
    if (inode !== undefined) found.push(Number(inode));
  }
  return found;
}

/** Arguments of a process, for programs whose flags are settings. */
export async function argumentsOf(root: string, pid: number): Promise<readonly string[]> {
  const text = await readQuietly(join(root, 'proc', String(pid), 'cmdline'));
  return (text ?? '')
    .slice(0, 128 * 1024)
    .split('\0')
    .filter(Boolean);
}

function readQuietly(path: string): Promise<string | undefined> {
  return quietly(() => readFile(path, 'utf8'));
}

async function quietly<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}
