import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path/posix';
import type { HostNamespace } from '../contract.ts';
import type { CgroupSeen, Namespaces, ProcessesSeen, ProcessSeen } from '../settings/index.ts';
import { type KernelProcesses, noProcesses, straysOf } from './kernel-processes.ts';
import { readLink, readText } from './use/proc.ts';

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

/**
 * What the kernel says of a running container, told by its first process. For a reader in the host's own namespaces. `all`:
 * every process of the host, so that those which left the container's cgroup are seen too.
 */
export function readContainerState(
  first: number,
  all: KernelProcesses = noProcesses,
  files: KernelFiles = kernelFiles,
): ProcessesSeen {
  const groups = cgroupsOf(readBounded(`${files.proc}/${first}/cgroup`, longestFile) ?? '');
  const found = processesIn(foldersOf(groups, 'pids', files.cgroups));
  const namespaces = namespacesOf(first, files);
  const container = {
    first,
    pids: [first, ...found.pids],
    namespace: namespaces.pid,
    hostNamespace: ownNamespaces(files).pid,
  };
  const strays = straysOf(container, all, files.proc);
  const others = [...new Set([...strays, ...found.pids])].filter((pid) => pid !== first);
  const processes = [first, ...others].slice(0, mostProcesses).map((pid) => processOf(pid, files));
  const incomplete =
    found.incomplete ??
    (others.length >= mostProcesses ? `it has more than ${mostProcesses} processes` : undefined) ??
    (processes.includes('refused') ? 'the kernel does not show all of its processes to this agent' : undefined);
  return {
    processes: processes.filter((process) => typeof process === 'object'),
    ...(incomplete !== undefined && { incomplete }),
    hostNamespaces: ownNamespaces(files),
    cgroup: { ...firstOf(first, groups, files), namespaces },
  };
}

function firstOf(pid: number, groups: Cgroups, files: KernelFiles): Omit<CgroupSeen, 'namespaces'> {
  const uidMap = readBounded(`${files.proc}/${pid}/uid_map`, longestFile);
  const memory = limitOf(
    foldersOf(groups, 'memory', files.cgroups),
    groups.has('memory') ? 'memory.limit_in_bytes' : 'memory.max',
  );
  const pids = limitOf(foldersOf(groups, 'pids', files.cgroups), 'pids.max');
  return {
    ...(uidMap !== undefined && { uidMap }),
    // Of a process that has ended nothing else is there either.
    ...(uidMap !== undefined && { label: labelOf(pid, files) ?? '' }),
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

/** What never changes while this process runs: it is asked for once, not once for each container of each round. */
const kept: { namespaces?: Namespaces; answersLabels?: 'yes' | 'no' } = {};

function ownNamespaces(files: KernelFiles): Namespaces {
  if (files !== kernelFiles) return namespacesOf('self', files);
  return (kept.namespaces ??= namespacesOf('self', files));
}

/** Without a module the kernel answers by an error, whatever process is asked about. */
function labelOf(pid: number, files: KernelFiles): string | undefined {
  const answer = () => readBounded(`${files.proc}/${pid}/attr/current`, longestFile);
  if (files !== kernelFiles) return answer();
  kept.answersLabels ??= readText(`${files.proc}/self/attr/current`) === undefined ? 'no' : 'yes';
  return kept.answersLabels === 'no' ? undefined : answer();
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

/** Its entry in the folder above, and its own `.`; each folder inside it has one more. */
const linksOfEmpty = 2;

/** A folder of the kernel counts those inside it: where that says none, its many files need not be listed. */
function subfoldersOf(folder: string): readonly string[] {
  try {
    if (statSync(folder).nlink === linksOfEmpty) return [];
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [`${folder}/${entry.name}`] : [],
    );
  } catch {
    return [];
  }
}

const halfPage = 2048;

/** Reading waits for nothing, so one is enough for all. */
const part = Buffer.alloc(longestFile);

/** The text of a file, `undefined` where there is none, it cannot be read, or is longer. */
function readBounded(path: string, longest: number): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const first = readSync(file, part, 0, part.length, null);
    // The kernel fills a page before it answers: what is far shorter is all there is.
    if (first < halfPage) return part.toString('utf8', 0, first);
    const parts = [Buffer.from(part.subarray(0, first))];
    let length = first;
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
