import { holdsPath } from '#inventory/index.ts';
import { fail, failIfAny, pass } from '../../judgement.ts';
import { openingsOf } from '../../settings/index.ts';
import { containerCheck } from './container-check.ts';
import { mountWords, pathsOf } from './mount-words.ts';

export const kernelChecks = [
  containerCheck({
    id: 'CTR-053',
    title: 'Its cgroup is where the engine puts it, or in an approved parent',
    why: 'In another cgroup it escapes the limits and the accounting that are meant for containers.',
    remedy: { docker: 'Leave out --cgroup-parent', compose: 'Leave out cgroup_parent' },
    severity: 'medium',
    nist: ['4.4.3'],
    cis: ['5.25'],
    version: 1,
    needs: ['cgroupParent'],
    lists: ['approved-cgroup-parents'],
    judge: ({ cgroupParent }, { lists }) =>
      cgroupParent === '' || lists['approved-cgroup-parents'].includes(cgroupParent) ? pass : fail(cgroupParent),
  }),
  containerCheck({
    id: 'CTR-055',
    title: 'It cannot write to the cgroup file system',
    why: 'Whoever writes there can lift limits and, with cgroup v1, start programs on the host.',
    remedy: {
      docker: 'Leave out --security-opt writable-cgroups and writable mounts of /sys/fs/cgroup',
      compose: 'Leave writable-cgroups out of security_opt and /sys/fs/cgroup out of volumes',
      kubernetes: 'Leave out the hostPath volume of /sys/fs/cgroup, or mount it readOnly',
    },
    severity: 'high',
    nist: ['4.4.3'],
    cis: ['5.25'],
    version: 1,
    impliedBy: 'CTR-001',
    needs: ['writableCgroups', 'mounts'],
    judge: ({ writableCgroups, mounts }) =>
      failIfAny([
        ...(writableCgroups ? ['writable cgroups'] : []),
        ...mounts
          .filter((mount) => mount.writable && pathsOf(mount).some((path) => meetsCgroups(path)))
          .map((mount) => mountWords(mount)),
      ]),
  }),
  containerCheck({
    id: 'CTR-066',
    title: 'Kernel paths are masked or read-only, as engines set them',
    why: 'Without masks, /proc and /sys show the kernel’s memory and keys, and let a process change the host.',
    remedy: {
      docker: 'Leave out --security-opt systempaths=unconfined',
      compose: 'Leave systempaths=unconfined out of security_opt',
      kubernetes: 'Leave securityContext.procMount at Default',
    },
    severity: 'high',
    nist: ['4.4.3', '4.5.5'],
    cis: ['5.22'],
    version: 1,
    impliedBy: 'CTR-001',
    needs: ['systemPaths'],
    judge: ({ systemPaths }) =>
      failIfAny(openingsOf({ systemPaths }).map(() => 'a usual path is not masked or read-only')),
  }),
  containerCheck({
    id: 'CTR-067',
    title: 'It sets only safe kernel parameters',
    why: 'Others may weaken the kernel for the container, or for the whole host.',
    remedy: {
      docker: 'Leave out --sysctl of the parameter',
      compose: 'Take the parameter out of sysctls',
      kubernetes: 'Take the parameter out of securityContext.sysctls',
    },
    severity: 'medium',
    nist: ['4.4.3', '4.5.2'],
    version: 1,
    needs: ['sysctls'],
    lists: ['safe-sysctls'],
    judge: ({ sysctls }, { lists }) => failIfAny(sysctls.filter((name) => !lists['safe-sysctls'].includes(name))),
  }),
];

function meetsCgroups(path: string): boolean {
  return holdsPath(path, '/sys/fs/cgroup') || holdsPath('/sys/fs/cgroup', path);
}
