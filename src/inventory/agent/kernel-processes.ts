import { setImmediate } from 'node:timers/promises';
import { processNumbers, readLink, readText } from './use/proc.ts';

/** Every process at one moment, by what it cannot leave: where its cgroup is, who may mount can choose. */
export interface KernelProcesses {
  /** By the link of their process namespace: `pid:[4026531836]`. */
  readonly byNamespace: ReadonlyMap<string, readonly number[]>;
  readonly byParent: ReadonlyMap<number, readonly number[]>;
}

export const noProcesses: KernelProcesses = { byNamespace: new Map(), byParent: new Map() };

/** Between two turns of others, as many processes are looked at. */
const atOnce = 50;

/** Processes that end meanwhile are left out. */
export async function kernelProcesses(proc = '/proc'): Promise<KernelProcesses> {
  const found: { readonly pid: number; readonly parent: number; readonly namespace: string }[] = [];
  for (const [at, pid] of processNumbers(proc).entries()) {
    if (at % atOnce === 0) await setImmediate();
    const [namespace, stat] = [readLink(`${proc}/${pid}/ns/pid`), readText(`${proc}/${pid}/stat`)];
    if (namespace === undefined || namespace === 'refused' || stat === undefined) continue;
    found.push({ pid, namespace, parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) });
  }
  const numbers = (some: typeof found): readonly number[] => some.map(({ pid }) => pid);
  return {
    byNamespace: new Map(
      [...Map.groupBy(found, ({ namespace }) => namespace)].map(([at, some]) => [at, numbers(some)]),
    ),
    byParent: new Map([...Map.groupBy(found, ({ parent }) => parent)].map(([at, some]) => [at, numbers(some)])),
  };
}

interface Container {
  readonly first: number;
  /** Processes in its cgroup, the first one too. */
  readonly pids: readonly number[];
  /** Of its first process, and of the host; missing: could not be read. */
  readonly namespace: string | undefined;
  readonly hostNamespace: string | undefined;
}

/**
 * Processes of a container that left its cgroup: others in its process namespace, and what its processes started. One in
 * the cgroup of another container is that one's.
 */
export function straysOf(
  { first, pids, namespace, hostNamespace }: Container,
  { byNamespace, byParent }: KernelProcesses,
  proc: string,
): readonly number[] {
  const own = new Set(pids);
  const isOwn = namespace !== undefined && hostNamespace !== undefined && namespace !== hostNamespace;
  let ids: ReadonlySet<string> | undefined;
  const isOfAnother = (pid: number): boolean => {
    const named = containersIn(pid, proc);
    // Most have nobody outside their cgroup, and need not know who they are.
    const ownIds = (ids ??= containersIn(first, proc));
    return named.size > 0 && [...named].every((id) => !ownIds.has(id));
  };
  const strays = new Set<number>();
  const waiting = [
    ...(isOwn ? (byNamespace.get(namespace) ?? []) : []),
    ...pids.flatMap((pid) => byParent.get(pid) ?? []),
  ];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (own.has(pid) || strays.has(pid) || isOfAnother(pid)) continue;
    strays.add(pid);
    waiting.push(...(byParent.get(pid) ?? []));
  }
  return [...strays];
}

/** Ids of containers that the paths of a process's cgroups name; one of each controller with cgroup v1. */
function containersIn(pid: number, proc: string): ReadonlySet<string> {
  const text = readText(`${proc}/${pid}/cgroup`) ?? '';
  return new Set(Array.from(text.matchAll(/[0-9a-f]{64}/g), ([id]) => id));
}
