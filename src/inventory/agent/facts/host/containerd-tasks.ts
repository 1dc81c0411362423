import { type Field, known, missing } from '#base/index.ts';
import type { ContainerdTasks } from '../../../facts/host.ts';
import { attempt, type HostAccess } from './fields.ts';
import type { HostReader } from './host-reader.ts';

/** State of the host's containerd, and of one that the engine starts itself. */
const states = ['/run/containerd', '/run/docker/containerd/daemon'];
/** containerd keeps a folder for each task here, by namespace. */
const tasks = 'io.containerd.runtime.v2.task';

/** Namespaces of containerd, and whether tasks run in each. */
export function collectContainerdTasks({ host }: HostAccess): Field<readonly ContainerdTasks[]> {
  return attempt(() => {
    const found = states.filter((state) => host.file(state) !== undefined).map((state) => `${state}/${tasks}`);
    if (found.length === 0) return missing('containerd does not run here, or keeps its state elsewhere');
    return known(
      found.flatMap((folder) =>
        (host.names(folder) ?? []).map((namespace) => ({
          namespace,
          tasks: runsIn(host, `${folder}/${namespace}`) ? ('running' as const) : ('none' as const),
        })),
      ),
      found.join(', '),
    );
  });
}

/** A folder stays after a crash, so its process must live. */
function runsIn(host: HostReader, folder: string): boolean {
  return (host.names(folder) ?? []).some((id) => {
    const pid = host.text(`${folder}/${id}/init.pid`, 64)?.trim() ?? '';
    return /^\d+$/.test(pid) && host.file(`/proc/${pid}`) !== undefined;
  });
}
