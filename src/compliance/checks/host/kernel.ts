import type { HostFile, HostShape, KernelParameter } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { fail, failIfAny, notApplicable, pass } from '../../judgement.ts';
import type { CheckSeverity } from '../../severity.ts';
import { exceeds, showMode, showOwner } from './file-access.ts';
import { hostCheck } from './host-check.ts';

interface ParameterRow {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly severity: CheckSeverity;
  readonly nist: readonly string[];
  readonly cis?: readonly string[];
  /** Values that pass, the one to set first. */
  readonly wanted: { readonly [Name in KernelParameter]?: readonly number[] };
}

const rows: readonly ParameterRow[] = [
  {
    id: 'HST-033',
    title: 'Only root loads eBPF programs',
    why: 'Vulnerabilities of the eBPF verifier have let ordinary users take over the kernel more than once.',
    severity: 'medium',
    nist: ['4.5.2', '4.5.3'],
    cis: ['1.2.1'],
    wanted: { 'kernel.unprivileged_bpf_disabled': [1, 2] },
  },
  {
    id: 'HST-034',
    title: 'The kernel hides its addresses and its log',
    why: 'Both show an attacker in a container where the kernel’s code is.',
    severity: 'low',
    nist: ['4.5.2'],
    cis: ['1.2.1'],
    wanted: { 'kernel.kptr_restrict': [1, 2], 'kernel.dmesg_restrict': [1] },
  },
  {
    id: 'HST-035',
    title: 'Address spaces are fully randomised',
    why: 'Known addresses make a vulnerability of a program easy to exploit.',
    severity: 'medium',
    nist: ['4.5.3'],
    cis: ['1.2.1'],
    wanted: { 'kernel.randomize_va_space': [2] },
  },
  {
    id: 'HST-036',
    title: 'Links in shared folders are protected',
    why: 'Otherwise a link in /tmp can make a program of root write to another file.',
    severity: 'medium',
    nist: ['4.5.5'],
    cis: ['1.2.1'],
    wanted: { 'fs.protected_symlinks': [1], 'fs.protected_hardlinks': [1] },
  },
  {
    id: 'HST-064',
    title: 'Processes cannot trace each other freely',
    why: 'A process that traces another reads its memory, with passwords and keys.',
    severity: 'medium',
    nist: ['4.5.2'],
    wanted: { 'kernel.yama.ptrace_scope': [1, 2, 3] },
  },
  {
    id: 'HST-066',
    title: 'Setuid programs leave no core dumps',
    why: 'The memory of such programs holds what only root may read.',
    severity: 'low',
    nist: ['4.5.5'],
    wanted: { 'fs.suid_dumpable': [0] },
  },
];

/** How the kernel is set. */
export const kernelChecks: readonly Check<HostShape>[] = [
  ...rows.map(parameterCheck),
  hostCheck({
    id: 'HST-037',
    title: 'Core dumps go to a file or to an approved program of root',
    why: 'When a process in a container crashes, the kernel starts that program as root outside the container.',
    remedy: { host: 'Run sysctl -w kernel.core_pattern=core, and add the same to a file in /etc/sysctl.d' },
    severity: 'medium',
    nist: ['4.5.2', '4.5.5'],
    cis: ['1.2.1'],
    version: 1,
    needs: ['coreDumps'],
    lists: ['core-dump-programs'],
    judge: ({ coreDumps: { pattern, helper } }, { lists }) => {
      if (!pattern.startsWith('|')) return pass;
      if (helper === undefined) return fail(`${pattern}: no such program`);
      if (!lists['core-dump-programs'].includes(helper.path)) return fail(`${helper.path} is not on the list`);
      return failIfAny(weaknesses(helper));
    },
  }),
  hostCheck({
    id: 'HST-065',
    title: 'Nobody can load another kernel',
    why: 'Root in a container with too many rights could start another kernel, past secure boot.',
    remedy: { host: 'Run sysctl -w kernel.kexec_load_disabled=1, and add the same to a file in /etc/sysctl.d' },
    severity: 'medium',
    nist: ['4.5.2'],
    version: 1,
    needs: ['kexec'],
    judge: ({ kexec }) => {
      if (kexec === 'absent') return notApplicable('This kernel cannot load another one.');
      return kexec === 'allowed' ? fail('kernel.kexec_load_disabled 0') : pass;
    },
  }),
  hostCheck({
    id: 'HST-067',
    title: 'Rarely used protocols and storage modules cannot load',
    why: 'Any process can make the kernel load them, and many of them have had vulnerabilities.',
    remedy: { host: 'Add a line install NAME /bin/false for each module to /etc/modprobe.d/unused.conf' },
    severity: 'low',
    nist: ['4.5.1', '4.5.2'],
    version: 1,
    needs: ['modules'],
    judge: ({ modules }) =>
      failIfAny(
        modules
          .filter(({ state }) => state === 'loaded' || state === 'loadable')
          .map(({ name, state }) => `${name} is ${state}`),
      ),
  }),
];

function parameterCheck({ wanted, ...about }: ParameterRow): Check<HostShape> {
  const names = Object.keys(wanted) as readonly KernelParameter[];
  const settings = names.map((name) => `sysctl -w ${name}=${wanted[name]?.[0]}`).join('; ');
  return hostCheck({
    ...about,
    remedy: { host: `Run ${settings}, and add the same to a file in /etc/sysctl.d` },
    version: 1,
    needs: names,
    judge: (values) => {
      const unknown = names.filter((name) => values[name] === null);
      const wrong = names.filter((name) => values[name] !== null && wanted[name]?.includes(values[name]) !== true);
      return wrong.length === 0 && unknown.length > 0
        ? notApplicable(`This kernel has no ${unknown.join(' and no ')}.`)
        : failIfAny(wrong.map((name) => `${name} ${values[name]}`));
    },
  });
}

function weaknesses(helper: HostFile): readonly string[] {
  const writable = [helper, ...helper.parents].filter(({ mode }) => exceeds(mode & 0o777, 0o755)).map(showMode);
  const foreign = [helper, ...helper.parents].filter(({ uid }) => uid !== 0).map(showOwner);
  return [...writable, ...foreign];
}
