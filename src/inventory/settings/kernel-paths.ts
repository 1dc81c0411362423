/**
 * The kernel's own file systems, by the path that each has on a host: a second mount shows the same, by whatever name and
 * without what engines mask in it.
 */
export const kernelFileSystems: Readonly<Record<string, string>> = {
  proc: '/proc',
  sysfs: '/sys',
  devtmpfs: '/dev',
  debugfs: '/sys/kernel/debug',
  tracefs: '/sys/kernel/tracing',
  securityfs: '/sys/kernel/security',
  configfs: '/sys/kernel/config',
  cgroup: '/sys/fs/cgroup',
  cgroup2: '/sys/fs/cgroup',
  bpf: '/sys/fs/bpf',
  binfmt_misc: '/proc/sys/fs/binfmt_misc',
  nfsd: '/proc/fs/nfsd',
  efivarfs: '/sys/firmware/efi/efivars',
  pstore: '/sys/fs/pstore',
  fusectl: '/sys/fs/fuse/connections',
  selinuxfs: '/sys/fs/selinux',
  resctrl: '/sys/fs/resctrl',
};

/** Paths of the kernel that every engine masks, and that every engine keeps read-only, unless it is told otherwise. */
export const usualMasked: readonly string[] = ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'];
export const usualReadonly: readonly string[] = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
];

export type SystemPaths = 'closed' | 'open';

/** Whether one of them is open by the lists that a runtime gets; what is masked need not be read-only. */
export function systemPathsBy(masked: readonly string[], readOnly: readonly string[]): SystemPaths {
  const isClosed =
    usualMasked.every((path) => masked.includes(path)) &&
    usualReadonly.every((path) => readOnly.includes(path) || masked.includes(path));
  return isClosed ? 'closed' : 'open';
}
