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
    title: 'The engine’s data folder is a separate file system',
    why: 'Otherwise images and logs can fill the host’s own disk and stop its services.',
    remedy: { host: 'Stop the engine, mount a volume at its data folder, and add the volume to /etc/fstab' },
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
    why: 'Version 1 cannot delegate safely, and has files by which a container can act on the host.',
    remedy: { host: 'Add systemd.unified_cgroup_hierarchy=1 to the kernel’s command line, then restart the host' },
    severity: 'low',
    nist: ['4.4.3'],
    version: 1,
    needs: ['cgroupVersion'],
    judge: ({ cgroupVersion }) => (cgroupVersion === 2 ? pass : fail(`version ${cgroupVersion}`)),
  }),
  ...rows.map(({ id, point, options }) =>
    hostCheck({
      id,
      title: `${point} is mounted with ${options.join(', ')}`,
      why: 'Every user can write there. Without these options, an attacker can put devices, setuid programs or tools there and use them.',
      remedy: {
        host: `Add tmpfs ${point} tmpfs ${options.join(',')} 0 0 to /etc/fstab, then run mount -o remount ${point}; if it is no mount yet, restart the host`,
      },
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
