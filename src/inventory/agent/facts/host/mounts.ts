import { dirname } from 'node:path';
import { type Field, type FieldsOf, known, missing } from '#base/index.ts';
import type { HostShape, MountPoint } from '../../../facts/host.ts';
import { attempt, type HostAccess, whenKnown } from './fields.ts';
import type { HostReader } from './host-reader.ts';

type Names = 'mounts' | 'dataRootDevice' | 'cgroupVersion';

/** File systems of the host: as its first process sees them, not as a service with a /tmp of its own does. */
export function collectMounts({ host, engine }: HostAccess): FieldsOf<Pick<HostShape, Names>> {
  const mounts = attempt(() => hostMounts(host));
  return {
    mounts,
    dataRootDevice: whenKnown(engine.dataRoot, (path) => {
      const device = host.device(path);
      // A data root below a user namespace's lies in a folder of its own: `/var/lib/docker/100000.100000`.
      const base = /\/\d+\.\d+$/.test(path) ? dirname(path) : path;
      const baseDevice = host.device(base);
      const parentDevice = host.device(dirname(host.resolve(base) ?? base));
      return device === undefined || baseDevice === undefined || parentDevice === undefined
        ? missing(`there is no ${path}`)
        : known({ path, device: baseDevice, parentDevice }, `device numbers of ${path} and the folder above it`);
    }),
    cgroupVersion: whenKnown(mounts, (found) => {
      const hierarchy = found.findLast(({ point }) => point === '/sys/fs/cgroup');
      return hierarchy === undefined
        ? missing('no cgroups are mounted')
        : known(hierarchy.type === 'cgroup2' ? 2 : 1, '/proc/1/mountinfo, /sys/fs/cgroup');
    }),
  };
}

function hostMounts(host: HostReader): Field<readonly MountPoint[]> {
  const text = host.text('/proc/1/mountinfo', 8 * 1024 * 1024);
  return text === undefined ? missing('/proc is not mounted') : known(ownMounts(mountsOf(text)), '/proc/1/mountinfo');
}

/**
 * Those that come and go with containers are left out: the host would be another one with each that starts. The rest is
 * sorted by place; of two at one place the later stays the later.
 */
export function ownMounts(mounts: readonly MountPoint[]): readonly MountPoint[] {
  return mounts
    .filter(({ point, type }) => type !== 'nsfs' && !ofContainers.some((pattern) => pattern.test(point)))
    .toSorted((one, other) => (one.point === other.point ? 0 : one.point < other.point ? -1 : 1));
}

/** The file systems, shared memory and volumes of containers, by the names that engines and the kubelet give. */
const ofContainers = [
  /\/[0-9a-f]{64}(?:\/|$)/,
  /\/overlay2\/[^/]+\/merged$/,
  /^\/run\/containerd\/io\.containerd\.[^/]+\/[^/]+\/[^/]+\/(?:rootfs|shm)$/,
  /^\/var\/lib\/kubelet\/pods\//,
];

/** Lines of proc_pid_mountinfo(5). */
export function mountsOf(text: string): readonly MountPoint[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root, point, options] = before.split(' ');
    const [type] = after.split(' ');
    return root === undefined || point === undefined || options === undefined || !type
      ? []
      : { point: unescaped(point), root: unescaped(root), type, options: options.split(',') };
  });
}

/** `\040` is a space. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
