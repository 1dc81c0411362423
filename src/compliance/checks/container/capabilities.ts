import { isUsualCapability } from '#inventory/index.ts';
import { failIfAny } from '../../judgement.ts';
import { notAllowed } from '../../settings/index.ts';
import type { CheckSeverity } from '../../severity.ts';
import { containerCheck } from './container-check.ts';

interface Dangerous {
  readonly id: string;
  /** The worst first. */
  readonly names: readonly string[];
  readonly severity: CheckSeverity;
  readonly nist: readonly string[];
  readonly why: string;
}

const dangerous: readonly Dangerous[] = [
  {
    id: 'CTR-007',
    names: ['SYS_ADMIN'],
    severity: 'critical',
    nist: ['4.4.3'],
    why: 'It can mount file systems, change namespaces, and leave the container.',
  },
  {
    id: 'CTR-008',
    names: ['SYS_MODULE'],
    severity: 'critical',
    nist: ['4.4.3', '4.5.2'],
    why: 'It can load code into the kernel that all containers share.',
  },
  {
    id: 'CTR-009',
    names: ['SYS_PTRACE'],
    severity: 'high',
    nist: ['4.4.3'],
    why: 'It can read and change the memory of every process that it sees.',
  },
  {
    id: 'CTR-010',
    names: ['DAC_READ_SEARCH'],
    severity: 'critical',
    nist: ['4.4.3', '4.5.5'],
    why: 'It can open any file of the host by its handle, from inside the container.',
  },
  {
    id: 'CTR-011',
    names: ['SYS_RAWIO'],
    severity: 'critical',
    nist: ['4.4.3'],
    why: 'It can access ports and memory of the machine directly, past the kernel.',
  },
  {
    id: 'CTR-012',
    names: ['NET_ADMIN'],
    severity: 'high',
    nist: ['4.4.3', '4.4.2'],
    why: 'It can change routes, addresses and packet filters, and so remove the limits of its network.',
  },
  {
    id: 'CTR-013',
    names: ['NET_RAW'],
    severity: 'medium',
    nist: ['4.4.2', '4.4.3'],
    why: 'It can forge packets and answer for its neighbours. Engines give it to every container.',
  },
  {
    id: 'CTR-014',
    names: ['BPF', 'PERFMON', 'SYSLOG'],
    severity: 'high',
    nist: ['4.4.3', '4.5.2'],
    why: 'They can watch the kernel and other containers, and reveal addresses that attacks need.',
  },
  {
    id: 'CTR-015',
    names: ['MAC_ADMIN', 'MAC_OVERRIDE', 'AUDIT_CONTROL', 'SYS_BOOT', 'SYS_TIME'],
    severity: 'high',
    nist: ['4.4.3'],
    why: 'They can change the whole host: its clock, its audit, its access rules, or whether it runs.',
  },
];

const dangerousChecks = dangerous.map(({ id, names, severity, nist, why }) =>
  containerCheck({
    id,
    severity,
    nist,
    why,
    title: `${names.map((name) => `CAP_${name}`).join(', ')} ${names.length === 1 ? 'is' : 'are'} not granted`,
    cis: ['5.4'],
    version: 1,
    impliedBy: 'CTR-001',
    remedy: {
      docker: `Run with --cap-drop ALL and without --cap-add ${names.join(', ')}`,
      compose: `Set cap_drop: [ALL] and take ${names.join(', ')} out of cap_add`,
      kubernetes: `Set capabilities.drop: [ALL] and take ${names.join(', ')} out of capabilities.add`,
    },
    needs: ['capabilities'],
    failsByPart: ['capabilities'],
    judge: ({ capabilities }) =>
      failIfAny(names.filter((name) => capabilities.includes(name)).map((name) => `CAP_${name}`)),
  }),
);

const beyondUsual = containerCheck({
  id: 'CTR-005',
  title: 'No capability is granted beyond the engine’s usual set, except allowed ones',
  why: 'Each further capability is a part of root’s power on the host’s kernel.',
  remedy: {
    docker: 'Leave out --cap-add',
    compose: 'Leave out cap_add',
    kubernetes: 'Leave out capabilities.add',
  },
  severity: 'high',
  nist: ['4.4.3'],
  cis: ['5.4'],
  version: 1,
  impliedBy: 'CTR-001',
  needs: ['capabilities'],
  failsByPart: ['capabilities'],
  lists: ['allowed-added-capabilities'],
  judge({ capabilities }, { lists }) {
    const added = capabilities.filter((name) => !isUsualCapability(name));
    return failIfAny(notAllowed(added, lists['allowed-added-capabilities']).map((name) => `CAP_${name}`));
  },
});

const onlyNeeded = containerCheck({
  id: 'CTR-006',
  title: 'All capabilities are dropped, except allowed ones',
  why: 'The engine’s usual set lets a program change owners, make devices and forge packets. Few programs need that.',
  remedy: {
    docker: 'Run with --cap-drop ALL, and --cap-add only what the program needs',
    compose: 'Set cap_drop: [ALL], and cap_add to what the program needs',
    kubernetes: 'Set capabilities.drop: [ALL], and capabilities.add to what the program needs',
  },
  severity: 'medium',
  nist: ['4.4.3'],
  cis: ['5.4'],
  version: 1,
  needs: ['capabilities'],
  failsByPart: ['capabilities'],
  lists: ['allowed-capabilities'],
  judge: ({ capabilities }, { lists }) =>
    failIfAny(
      capabilities.filter((name) => !lists['allowed-capabilities'].includes(name)).map((name) => `CAP_${name}`),
    ),
});

const asDeclared = containerCheck({
  id: 'CTR-016',
  title: 'No process has a capability that the container was not granted',
  why: 'Such a process was started another way, or the engine was bypassed.',
  remedy: { docker: 'Stop the container, find who started the process, and run the container again' },
  severity: 'high',
  nist: ['4.4.3', '4.4.4'],
  cis: ['5.4'],
  version: 1,
  impliedBy: 'CTR-001',
  needs: ['processCapabilities', 'declaredCapabilities'],
  failsByPart: ['processCapabilities'],
  judge: ({ processCapabilities, declaredCapabilities }) =>
    failIfAny(processCapabilities.filter((name) => !declaredCapabilities.includes(name)).map((name) => `CAP_${name}`)),
});

export const capabilityChecks = [beyondUsual, onlyNeeded, ...dangerousChecks, asDeclared];
