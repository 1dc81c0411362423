import { fail, failIfAny, notApplicable, pass } from '../../judgement.ts';
import { unfilteredBy } from '../../settings/index.ts';
import { containerCheck } from './container-check.ts';

const noApparmor = 'The host’s kernel does not confine by AppArmor.';

export const confinementChecks = [
  containerCheck({
    id: 'CTR-002',
    title: 'An AppArmor profile applies where the host has AppArmor',
    why: 'The profile still limits a process that has broken out of other restrictions.',
    remedy: {
      docker: 'Leave out --security-opt apparmor=unconfined, or name a profile',
      compose: 'Leave apparmor:unconfined out of security_opt, or name a profile',
      kubernetes: 'Set securityContext.appArmorProfile.type to RuntimeDefault or Localhost',
    },
    severity: 'high',
    nist: ['4.4.3', '4.4.4'],
    cis: ['5.2'],
    version: 1,
    needs: ['hostConfinement', 'apparmorProfile'],
    judge({ hostConfinement, apparmorProfile }) {
      if (!hostConfinement.includes('apparmor')) return notApplicable(noApparmor);
      return ['', 'unconfined'].includes(apparmorProfile) ? fail(apparmorProfile || 'no profile') : pass;
    },
  }),
  containerCheck({
    id: 'CTR-003',
    title: 'The kernel enforces an AppArmor profile on the first process',
    why: 'A profile that only complains, or was never loaded, confines nothing.',
    remedy: {
      host: 'Load the profile with apparmor_parser -r, set it to enforce with aa-enforce, and start the container again',
    },
    severity: 'high',
    nist: ['4.4.4'],
    cis: ['5.2'],
    version: 1,
    needs: ['hostConfinement', 'processLabel'],
    judge({ hostConfinement, processLabel }) {
      if (!hostConfinement.includes('apparmor')) return notApplicable(noApparmor);
      return processLabel.endsWith(' (enforce)') ? pass : fail(processLabel || 'no label');
    },
  }),
  containerCheck({
    id: 'CTR-004',
    title: 'SELinux separates the container where the host has SELinux',
    why: 'Without a label, a process may reach files of the host and of other containers.',
    remedy: {
      docker: 'Leave out --security-opt label=disable',
      compose: 'Leave label:disable out of security_opt',
      kubernetes: 'Leave securityContext.seLinuxOptions at the cluster’s, and do not use type spc_t',
    },
    severity: 'high',
    nist: ['4.4.3', '4.4.4'],
    cis: ['5.3'],
    version: 1,
    needs: ['hostConfinement', 'selinux'],
    judge({ hostConfinement, selinux }) {
      if (!hostConfinement.includes('selinux')) return notApplicable('The engine does not separate by SELinux.');
      return selinux === 'on' ? pass : fail('label disabled');
    },
  }),
  containerCheck({
    id: 'CTR-047',
    title: 'System calls are filtered',
    why: 'Most attacks on the kernel need system calls that the usual filter refuses.',
    remedy: {
      docker: 'Leave out --security-opt seccomp=unconfined, and profiles that allow calls by default',
      compose: 'Leave seccomp:unconfined out of security_opt',
      kubernetes: 'Set securityContext.seccompProfile.type: RuntimeDefault',
    },
    severity: 'high',
    nist: ['4.4.3', '4.4.4'],
    cis: ['5.22'],
    version: 1,
    impliedBy: 'CTR-001',
    needs: ['seccomp'],
    judge({ seccomp }) {
      const why = unfilteredBy(seccomp);
      if (why === undefined) return pass;
      return fail(why === 'no-filter' ? 'no filter' : 'a profile that allows what it does not name');
    },
  }),
  containerCheck({
    id: 'CTR-048',
    title: 'The kernel filters the system calls of every process',
    why: 'Only the kernel’s own state counts: a process without a filter can make every system call.',
    remedy: { docker: 'Run with the engine’s own seccomp profile, and without docker exec --privileged' },
    severity: 'high',
    nist: ['4.4.4'],
    cis: ['5.22'],
    version: 1,
    impliedBy: 'CTR-001',
    needs: ['processes'],
    failsByPart: ['processes'],
    judge: ({ processes }) =>
      failIfAny(
        processes
          .filter(({ seccomp, seccompFilters }) => seccomp !== 2 || seccompFilters < 1)
          .map(({ program, seccomp }) => `${program}: Seccomp ${seccomp}`),
      ),
  }),
  containerCheck({
    id: 'CTR-049',
    title: 'A custom seccomp profile is approved',
    why: 'A profile that nobody reviewed may allow calls that the usual one refuses.',
    remedy: { docker: 'Leave out --security-opt seccomp=FILE, or approve the profile by its SHA-256' },
    severity: 'medium',
    nist: ['4.4.3'],
    cis: ['5.22'],
    version: 1,
    needs: ['seccompProfile'],
    lists: ['approved-syscall-profiles'],
    judge({ seccompProfile }, { lists }) {
      if (seccompProfile === 'unconfined') return notApplicable('It has no profile; CTR-047 is about that.');
      const isApproved = seccompProfile === 'default' || lists['approved-syscall-profiles'].includes(seccompProfile);
      return isApproved ? pass : fail(`SHA-256 ${seccompProfile}`);
    },
  }),
];
