import type { HostShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { fail, notApplicable, pass } from '../../judgement.ts';
import { hostCheck } from './host-check.ts';

const trust = { severity: 'low', version: 1 } as const;

/** Whether what starts is what was meant to start, and modules that confine it. */
export const bootChecks: readonly Check<HostShape>[] = [
  hostCheck({
    id: 'HST-029',
    title: 'The engine uses AppArmor or SELinux',
    why: 'It still limits a process that has left its container, whatever its uid and capabilities.',
    remedy: {
      host: 'Run apt-get install apparmor, add apparmor=1 security=apparmor to the kernel’s command line, then restart the host',
      engine: 'On a host with SELinux, set "selinux-enabled": true in daemon.json and restart the engine',
    },
    severity: 'high',
    nist: ['4.4.3', '4.5.2'],
    cis: ['5.2', '5.3'],
    version: 1,
    needs: ['mandatoryAccess'],
    judge: ({ mandatoryAccess }) =>
      mandatoryAccess.some((name) => name === 'apparmor' || name === 'selinux')
        ? pass
        : fail('neither apparmor nor selinux'),
  }),
  hostCheck({
    id: 'HST-030',
    title: 'SELinux is enforcing',
    why: 'In permissive mode it only logs what it would have refused.',
    remedy: { host: 'Run setenforce 1, and set SELINUX=enforcing in /etc/selinux/config' },
    severity: 'medium',
    nist: ['4.5.2'],
    cis: ['5.3'],
    version: 1,
    needs: ['selinux'],
    judge: ({ selinux }) => {
      if (selinux === 'off') return notApplicable('This host does not use SELinux.');
      return selinux === 'enforcing' ? pass : fail('permissive');
    },
  }),
  hostCheck({
    ...trust,
    id: 'HST-042',
    title: 'Secure boot is on',
    why: 'Without it, a changed kernel or boot loader starts unnoticed.',
    remedy: { host: 'Turn secure boot on in the firmware’s settings; mokutil --sb-state shows it' },
    nist: ['4.6'],
    cis: ['1.2.1'],
    needs: ['secureBoot'],
    judge: ({ secureBoot }) => {
      if (secureBoot === 'no-uefi') return notApplicable('This host does not start by UEFI.');
      return secureBoot === 'on' ? pass : fail('off');
    },
  }),
  hostCheck({
    ...trust,
    id: 'HST-043',
    title: 'A TPM proves what the host started',
    why: 'A host can claim anything about itself; the signed measurements of its TPM cannot be forged.',
    remedy: { host: 'Turn the TPM on in the firmware’s settings, or add a virtual one to the machine' },
    nist: ['4.6'],
    needs: ['rootOfTrust'],
    judge: ({ rootOfTrust }) => {
      if (rootOfTrust === 'absent') return fail('no TPM');
      return rootOfTrust === 'matches' ? pass : fail('measurements differ');
    },
  }),
  hostCheck({
    ...trust,
    id: 'HST-044',
    title: 'The kernel is locked down, or checks files before it runs them',
    why: 'Otherwise root can change the running kernel or run a changed program.',
    remedy: {
      host: 'Add lockdown=integrity, or ima_policy=appraise_tcb ima_appraise=enforce, to the kernel’s command line, then restart the host',
    },
    nist: ['4.6', '4.5.5'],
    needs: ['kernelIntegrity'],
    judge: ({ kernelIntegrity: { lockdown, appraisal } }) =>
      lockdown === 'integrity' || lockdown === 'confidentiality' || appraisal === 'on'
        ? pass
        : fail(`lockdown ${lockdown}, IMA appraisal ${appraisal}`),
  }),
];
