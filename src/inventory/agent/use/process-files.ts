/** A mount as proc_pid_mountinfo(5) lists it. */
export interface Mount {
  /** Where it lies, as the process sees it. */
  readonly point: string;
  /** Device and the folder of it that is mounted: the same for the same tree, whoever sees it. */
  readonly tree: string;
  readonly fileSystem: string;
}

/** File systems that hold no files of packages: memory and views of the kernel. */
const unpackaged = new Set([
  'tmpfs',
  'devtmpfs',
  'ramfs',
  'proc',
  'sysfs',
  'devpts',
  'mqueue',
  'hugetlbfs',
  'cgroup',
  'cgroup2',
]);

/** Files that a process has mapped, by the lines of proc_pid_maps(5); what has no name any more is left out. */
export function mappedFiles(maps: string): Set<string> {
  const files = new Set<string>();
  let last = '';
  for (const line of maps.split('\n')) {
    const slash = line.indexOf('/');
    if (slash < 1 || line[slash - 1] !== ' ') continue;
    const path = line.slice(slash);
    if (path === last) continue;
    last = path;
    if (isNamed(path)) files.add(unescape(path));
  }
  return files;
}

/** Whether a link or line of /proc names a file that still is where it says. */
export function isNamed(path: string): boolean {
  return path.startsWith('/') && !path.endsWith(' (deleted)') && !path.startsWith('/memfd:');
}

/** Mounts by the lines of proc_pid_mountinfo(5), those that hide others last. */
export function mountsOf(mountinfo: string): readonly Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , device, root, point] = before.split(' ');
    const fileSystem = after.split(' ')[0] ?? '';
    if (device === undefined || root === undefined || point === undefined) return [];
    return [{ point: unescape(point), tree: `${device} ${unescape(root)}`, fileSystem }];
  });
}

/** The mount that shows a path; of several on one point the last covers the others. */
export function mountAt(path: string, mounts: readonly Mount[]): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of mounts) {
    const isAbove = mount.point === '/' || path === mount.point || path.startsWith(`${mount.point}/`);
    if (isAbove && mount.point.length >= (found?.point.length ?? 0)) found = mount;
  }
  return found;
}

/** The root mount, which tells what a process sees from what others see. */
export function rootOf(mounts: readonly Mount[]): Mount | undefined {
  return mounts.findLast(({ point }) => point === '/');
}

export function holdsPackages({ fileSystem }: Mount): boolean {
  return !unpackaged.has(fileSystem);
}

/** The kernel writes blanks, tabs, newlines and backslashes as octal numbers. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(011|012|040|134)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
