import { type Field, known, missing } from '#base/index.ts';
import type { ContainerdTasks } from '../../../facts/host.ts';
import { attempt, type HostAccess } from './fields.ts';
import type { HostReader } from './host-reader.ts';

const state = '/run/containerd';
/** containerd keeps a folder for each task here, by namespace. */
const tasks = `${state}/io.containerd.runtime.v2.task`;

/** Namespaces of containerd, and how many tasks run in each. */
export function collectContainerdTasks({ host }: HostAccess): Field<readonly ContainerdTasks[]> {
  return attempt(() => {
    if (host.file(state) === undefined)
      return missing(`there is no ${state}; containerd does not run, or keeps its state elsewhere`);
    const namespaces = host.names(tasks) ?? [];
    return known(
      namespaces.map((namespace) => ({ namespace, running: runningIn(host, namespace) })),
      tasks,
    );
  });
}

/** A folder stays after a crash, so its process must live. */
function runningIn(host: HostReader, namespace: string): number {
  return (host.names(`${tasks}/${namespace}`) ?? []).filter((id) => {
    const pid = host.text(`${tasks}/${namespace}/${id}/init.pid`, 64)?.trim() ?? '';
    return /^\d+$/.test(pid) && host.file(`/proc/${pid}`) !== undefined;
  }).length;
}
