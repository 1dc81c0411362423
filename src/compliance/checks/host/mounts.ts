import type { MountPoint, HostShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { fail, failIfAny, pass } from '../../judgement.ts';
import { hostCheck } from './host-check.ts';

const rows = [
  { id: 'HST-058', point: '/tmp', options: ['nodev', 'nosuid'] },
  { id: 'HST-059', point: '/dev/shm', options: ['nodev', 'nosuid', 'noexec'] },
] as const;

/** File systems of their own, and what they allow. */
export const mountChecks: readonly Check<HostShape>[] = [
  hostCheck({
    id: 'HST-001',
    title: 'The engine’s data folder is a file system of its own',
    why: 'Images and logs that fill it would otherwise fill the host’s own disk and stop its services.',
    remedy: { host: 'mount a volume at the data folder while the engine is stopped, with a line in /etc/fstab' },
    severity: 'low',
    nist: ['4.4.3', '4.5.5'],
    cis: ['1.1.1'],
    version: 1,
    needs: ['dataRootDevice'],
    judge: ({ dataRootDevice: { path, device, parentDevice } }) =>
      device === parentDevice ? fail(`${path} is part of its parent’s file system`) : pass,
  }),
  hostCheck({
    id: 'HST-031',
    title: 'The host uses the unified cgroup hierarchy',
    why: 'Version 1 cannot delegate safely and lets containers write to files that act on the host.',
    remedy: { host: 'systemd.unified_cgroup_hierarchy=1 on the kernel’s command line, then restart' },
    severity: 'low',
    nist: ['4.4.3'],
    version: 1,
    needs: ['cgroupVersion'],
    judge: ({ cgroupVersion }) => (cgroupVersion === 2 ? pass : fail(`version ${cgroupVersion}`)),
  }),
  ...rows.map(({ id, point, options }) =>
    hostCheck({
      id,
      title: `${point} is a mount with ${options.join(', ')}`,
      why: 'Everyone may write there: without these options also devices, setuid programs and what they want to run.',
      remedy: { host: `tmpfs ${point} tmpfs ${options.join(',')} 0 0 in /etc/fstab, then mount -o remount ${point}` },
      severity: 'low',
      nist: ['4.5.5'],
      version: 1,
      needs: ['mounts'],
      judge: ({ mounts }) => {
        const mount = mounts.findLast((each: MountPoint) => each.point === point);
        if (mount === undefined) return fail(`${point} is no mount`);
        return failIfAny(options.filter((option) => !mount.options.includes(option)).map((option) => `no ${option}`));
      },
    }),
  ),
];
