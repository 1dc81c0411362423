import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { type Answer, fine, probe, stops, unknown, unsaid, weakens } from '../probe.ts';

/** Text of a file; missing: there is none. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export const kernelVersion = probe({
  id: 'kernel',
  title: 'Kernel',
  parts: ['agent'],
  look: () => release(),
  judge: judgeKernel,
});

export function judgeKernel(version: string): Answer {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined) return unknown(`The kernel calls itself ${version}.`, 'It must be Linux 6.1 or newer.');
  const number = Number(major) * 1000 + Number(minor);
  if (number >= 6010) return fine(`Linux ${version}`);
  if (number >= 6001)
    return fine(`Linux ${version}; from 6.10 on programs are killed while the image of their caller is there still`);
  return stops(
    `Linux ${version} is older than the sensor needs: nothing is seen of what containers do.`,
    'Install a kernel of 6.1 or newer. Scans and the gate work without it.',
  );
}

export const btf = probe({
  id: 'btf',
  title: 'BTF',
  parts: ['agent'],
  look: () => existsSync('/sys/kernel/btf/vmlinux'),
  judge: (isThere: boolean): Answer =>
    isThere
      ? fine('the kernel describes its types')
      : stops(
          '/sys/kernel/btf/vmlinux is missing: the sensor cannot load its programs.',
          'Boot a kernel that was built with CONFIG_DEBUG_INFO_BTF=y; those of distributions are.',
        ),
});

interface Mount {
  readonly type: string;
  readonly path: string;
}

function mounts(): readonly Mount[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, path, type] = line.split(' ');
      return path === undefined || type === undefined ? [] : [{ type, path }];
    });
}

export const cgroups = probe({
  id: 'cgroup2',
  title: 'Control groups',
  parts: ['agent'],
  look: mounts,
  judge: judgeCgroups,
});

export function judgeCgroups(all: readonly Mount[]): Answer {
  const unified = all.filter(({ type }) => type === 'cgroup2').map(({ path }) => path);
  if (unified.length === 0)
    return stops(
      'No cgroup2 is mounted: the sensor does not know which container a program belongs to.',
      'Boot with systemd.unified_cgroup_hierarchy=1, or mount it: `mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified`.',
    );
  if (unified.includes('/sys/fs/cgroup')) return fine('unified, version 2');
  return fine(`version 2 at ${unified[0]}, beside version 1`);
}

export const bpffs = probe({
  id: 'bpffs',
  title: 'bpffs',
  parts: ['agent'],
  look: mounts,
  judge: judgeBpffs,
});

export function judgeBpffs(all: readonly Mount[]): Answer {
  const there = all.find(({ type, path }) => type === 'bpf' && path === '/sys/fs/bpf');
  if (there !== undefined) return fine(there.path);
  return stops(
    'No bpf file system is mounted at /sys/fs/bpf: the sensor has no place for what outlives it.',
    'Run `mount -t bpf bpf /sys/fs/bpf`; systemd does it at boot.',
  );
}

interface FanotifyFact {
  readonly isThere: boolean;
  /** Of the kernel's configuration; missing: it is not published here. */
  readonly answers?: boolean;
}

export const fanotify = probe({
  id: 'fanotify',
  title: 'fanotify',
  parts: ['agent'],
  look: async (): Promise<FanotifyFact> => {
    const isThere = existsSync('/proc/sys/fs/fanotify');
    const config = textOf(`/boot/config-${release()}`) ?? (await packedConfig());
    return {
      isThere,
      ...(config !== undefined && { answers: /^CONFIG_FANOTIFY_ACCESS_PERMISSIONS=y$/m.test(config) }),
    };
  },
  judge: judgeFanotify,
});

async function packedConfig(): Promise<string | undefined> {
  if (!existsSync('/proc/config.gz')) return undefined;
  const { gunzipSync } = await import('node:zlib');
  return gunzipSync(readFileSync('/proc/config.gz'), { maxOutputLength: 4 * 1024 * 1024 }).toString();
}

export function judgeFanotify({ isThere, answers }: FanotifyFact): Answer {
  const without = 'programs are killed instead of refused, and code files are not judged as they are opened.';
  const fix = 'Boot a kernel with CONFIG_FANOTIFY_ACCESS_PERMISSIONS=y; those of distributions have it.';
  if (!isThere) return weakens(`The kernel has no fanotify: ${without}`, fix);
  if (answers === false) return weakens(`fanotify asks nobody for permission here: ${without}`, fix);
  if (answers === undefined)
    return unsaid(
      'fanotify is there; whether it asks for permission, the kernel’s configuration would say, which is not published here.',
      'See the mechanisms of the host on the page Hosts.',
    );
  return fine('asks for permission');
}

interface LsmFact {
  /** Missing: securityfs is not mounted. */
  readonly active?: string;
}

export const lsm = probe({
  id: 'lsm-bpf',
  title: 'BPF LSM',
  parts: ['agent'],
  look: (): LsmFact => {
    const active = textOf('/sys/kernel/security/lsm');
    return active === undefined ? {} : { active: active.trim() };
  },
  judge: judgeLsm,
});

export function judgeLsm({ active }: LsmFact): Answer {
  if (active === undefined)
    return unsaid(
      '/sys/kernel/security/lsm is not there, so nobody can say which security modules are active.',
      'Run `mount -t securityfs none /sys/kernel/security`, then `seawall doctor` again.',
    );
  if (active.split(',').includes('bpf')) return fine('active');
  return weakens(
    `bpf is not among the active security modules (${active}): mapped code is killed instead of refused.`,
    `Boot with lsm=${active},bpf.`,
  );
}
