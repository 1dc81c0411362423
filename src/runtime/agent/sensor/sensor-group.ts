import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Into a cgroup of its own with its watchdog, so that whoever ends or pauses the agent's ends or pauses neither. Without, it
 * stays in the agent's. An engine with cgroups of version 1 ends what is in a container's group of any hierarchy: there it
 * goes to the top.
 */
export function moveOut(pid: number, instance: string): void {
  const own = groupOf(instance);
  for (const folder of [...(own === undefined ? [] : [own]), ...firstVersion()]) {
    try {
      if (folder === own) mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'cgroup.procs'), String(pid));
      // What it starts from now on is there too. Its watchdog may have been first.
      for (const child of childrenOf(pid)) writeFileSync(join(folder, 'cgroup.procs'), child);
    } catch {
      // Some machines let nobody make cgroups; the sensor works all the same.
    }
  }
}

function childrenOf(pid: number): readonly string[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return list.split(' ').filter((child) => child !== '');
}

/** Tops of the hierarchies of version 1. */
function firstVersion(): readonly string[] {
  try {
    const tops = readdirSync(cgroups).map((name) => join(cgroups, name));
    return tops.filter((top) => existsSync(join(top, 'release_agent')));
  } catch {
    return [];
  }
}

const cgroups = '/sys/fs/cgroup';

/** Folder of the sensor's own cgroup; `undefined` where there are none of version 2. */
export function groupOf(instance: string): string | undefined {
  const root = [cgroups, join(cgroups, 'unified')].find(
    (one) => existsSync(join(one, 'cgroup.procs')) && existsSync(join(one, 'cgroup.controllers')),
  );
  return root === undefined ? undefined : join(root, `seawall-sensor-${instance}`);
}
