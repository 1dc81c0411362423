import { closeSync, lstatSync, openSync, readdirSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path/posix';
import type { HostNamespace } from '../contract.ts';
import type { CgroupSeen, Namespaces, ProcessesSeen, ProcessSeen } from '../settings/index.ts';
import { readLink } from './use/proc.ts';

/** Processes of one container that are looked at, and cgroups inside its own. */
const mostProcesses = 2_000;
const mostGroups = 500;
/** Bytes of one file; lists of processes and what the kernel says of one are far shorter. */
const longestFile = 64 * 1024;
const longestList = 1024 * 1024;

export interface KernelFiles {
  /** `/proc` */
  readonly proc: string;
  /** `/sys/fs/cgroup` */
  readonly cgroups: string;
}

const kernelFiles: KernelFiles = { proc: '/proc', cgroups: '/sys/fs/cgroup' };

const linkNames: Readonly<Record<HostNamespace, string>> = {
  pid: 'pid',
  network: 'net',
  ipc: 'ipc',
  uts: 'uts',
  user: 'user',
  cgroup: 'cgroup',
};

/** What the kernel says of a running container, told by its first process. For a reader in the host's own namespaces. */
export function readContainerState(first: number, files: KernelFiles = kernelFiles): ProcessesSeen {
  const groups = cgroupsOf(readBounded(`${files.proc}/${first}/cgroup`, longestFile) ?? '');
  const found = processesIn(foldersOf(groups, 'pids', files.cgroups));
  const others = found.pids.filter((pid) => pid !== first);
  const processes = [first, ...others].slice(0, mostProcesses).map((pid) => processOf(pid, files));
  const incomplete =
    found.incomplete ??
    (others.length >= mostProcesses ? `it has more than ${mostProcesses} processes` : undefined) ??
    (processes.includes('refused') ? 'the kernel does not show all of its processes to this agent' : undefined);
  return {
    processes: processes.filter((process) => typeof process === 'object'),
    ...(incomplete !== undefined && { incomplete }),
    hostNamespaces: ownNamespaces(files),
    cgroup: firstOf(first, groups, files),
  };
}

function firstOf(pid: number, groups: Cgroups, files: KernelFiles): CgroupSeen {
  const uidMap = readBounded(`${files.proc}/${pid}/uid_map`, longestFile);
  const memory = limitOf(
    foldersOf(groups, 'memory', files.cgroups),
    groups.has('memory') ? 'memory.limit_in_bytes' : 'memory.max',
  );
  const pids = limitOf(foldersOf(groups, 'pids', files.cgroups), 'pids.max');
  return {
    ...(uidMap !== undefined && { uidMap }),
    // Without a module the kernel answers by an error, and of a process that has ended nothing else is there either.
    ...(uidMap !== undefined && { label: readBounded(`${files.proc}/${pid}/attr/current`, longestFile) ?? '' }),
    namespaces: namespacesOf(pid, files),
    ...(memory !== undefined && { memory }),
    ...(pids !== undefined && { pids }),
  };
}

/** One that has ended meanwhile is none of the container's. */
function processOf(pid: number, { proc }: KernelFiles): ProcessSeen | 'refused' | undefined {
  const status = readBounded(`${proc}/${pid}/status`, longestFile);
  const program = readLink(`${proc}/${pid}/exe`);
  if (program === 'refused') return 'refused';
  if (status === undefined || /^State:[ \t]*[ZX]/m.test(status)) return undefined;
  return { pid, status, program: basename((program ?? '').replace(/ \(deleted\)$/, '')) };
}

function namespacesOf(pid: number | 'self', { proc }: KernelFiles): Namespaces {
  const links = Object.entries(linkNames).flatMap(([name, file]) => {
    const link = readLink(`${proc}/${pid}/ns/${file}`);
    return link === undefined || link === 'refused' ? [] : [[name, link]];
  });
  return Object.fromEntries(links) as Namespaces;
}

let kept: Namespaces | undefined;

/** A process never changes its own; they are asked for once, not once for each container of each round. */
function ownNamespaces(files: KernelFiles): Namespaces {
  if (files !== kernelFiles) return namespacesOf('self', files);
  return (kept ??= namespacesOf('self', files));
}

/** Paths of cgroups by controller; the empty name stands for the one hierarchy of cgroup v2. */
type Cgroups = ReadonlyMap<string, string>;

/** Lines `4:memory:/docker/ID` and `0::/docker/ID`. */
function cgroupsOf(text: string): Cgroups {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, controllers, path] = /^[0-9]+:([^:]*):(\/.*)$/.exec(line) ?? [];
      if (controllers === undefined || path === undefined) return [];
      return controllers.split(',').map((controller): [string, string] => [controller, path]);
    }),
  );
}

/** Where a controller's cgroup may lie: with v1 below the controller's name, with v2 at the top. */
function foldersOf(groups: Cgroups, controller: string, root: string): readonly string[] {
  const [old, unified] = [groups.get(controller), groups.get('')];
  return [
    ...(old === undefined ? [] : [`${root}/${controller}${old}`]),
    ...(old !== undefined || unified === undefined ? [] : [`${root}${unified}`]),
  ].filter((folder) => !folder.endsWith('/'));
}

function limitOf(folders: readonly string[], name: string): string | undefined {
  for (const folder of folders) {
    const text = readBounded(`${folder}/${name}`, longestFile);
    if (text !== undefined) return text;
  }
  return undefined;
}

interface FoundProcesses {
  readonly pids: readonly number[];
  readonly incomplete?: string;
}

/** Processes of a cgroup and of those inside it. */
function processesIn(folders: readonly string[]): FoundProcesses {
  const waiting = [...folders];
  const pids = new Set<number>();
  let groups = 0;
  if (waiting.length === 0) return { pids: [], incomplete: 'its cgroup could not be found' };
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    groups += 1;
    const list = readBounded(`${folder}/cgroup.procs`, longestList);
    if (list === undefined || groups > mostGroups)
      return { pids: [...pids], incomplete: 'its cgroups could not be read' };
    for (const line of list.split('\n')) if (/^[1-9][0-9]*$/.test(line)) pids.add(Number(line));
    if (pids.size > mostProcesses) return { pids: [...pids] };
    waiting.push(...subfoldersOf(folder));
  }
  return { pids: [...pids] };
}

function subfoldersOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [`${folder}/${entry.name}`] : [],
    );
  } catch {
    return [];
  }
}

/** Reading waits for nothing, so one is enough for all. */
const part = Buffer.alloc(longestFile);

/** The text of a file, `undefined` where there is none, it cannot be read, or is longer. */
function readBounded(path: string, longest: number): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const parts: Buffer[] = [];
    let length = 0;
    for (let more = 1; more > 0 && length <= longest; length += more) {
      more = readSync(file, part, 0, part.length, null);
      parts.push(Buffer.from(part.subarray(0, more)));
    }
    return length > longest ? undefined : Buffer.concat(parts).toString('utf8');
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Folders of one path that are looked at. */
const deepest = 64;

/**
 * Components of paths that others than root may replace, `/srv 0777 (uid 0)`, each once; of what is not there its
 * folders. `undefined`: one of them could not be looked at.
 */
export function loosePathsOf(paths: readonly string[]): readonly string[] | undefined {
  const found = new Set<string>();
  for (const path of paths) {
    const real = realPath(path);
    for (const component of new Set([...componentsOf(path), ...componentsOf(real ?? path)])) {
      const state = looseness(component);
      if (state === 'unseen') return undefined;
      if (state !== undefined) found.add(state);
    }
  }
  return [...found].toSorted();
}

function componentsOf(path: string): readonly string[] {
  const components: string[] = [];
  for (let at = path; at !== '/' && at !== '.' && components.length < deepest; at = dirname(at)) components.push(at);
  return [...components, '/'];
}

/** Links have no modes that count. */
function looseness(path: string): string | undefined {
  try {
    const { uid, mode } = lstatSync(path);
    const isLink = (mode & 0o170000) === 0o120000;
    const isOpen = !isLink && (mode & 0o022) !== 0;
    return uid === 0 && !isOpen ? undefined : `${path} ${(mode & 0o7777).toString(8).padStart(4, '0')} (uid ${uid})`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'unseen';
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
