import { fail, failIfAny, pass } from '../../judgement.ts';
import { containerCheck } from './container-check.ts';

export const privilegeChecks = [
  containerCheck({
    id: 'CTR-001',
    title: 'The container is not privileged',
    why: 'A privileged container has all capabilities and devices, and no filter: its root is root on the host.',
    remedy: {
      docker: 'Run without --privileged; give single capabilities with --cap-add and devices with --device',
      compose: 'Leave out privileged: true; use cap_add and devices',
      kubernetes: 'Set securityContext.privileged: false',
    },
    severity: 'critical',
    nist: ['4.4.3'],
    cis: ['5.5'],
    version: 1,
    needs: ['privileged'],
    judge: ({ privileged }) => (privileged ? fail('privileged') : pass),
  }),
  containerCheck({
    id: 'CTR-056',
    title: 'Programs cannot gain privileges by setuid',
    why: 'Any user who starts a setuid program of the image becomes root.',
    remedy: {
      docker: 'Run with --security-opt no-new-privileges',
      compose: 'Set security_opt: [no-new-privileges:true]',
      kubernetes: 'Set securityContext.allowPrivilegeEscalation: false',
      engine: 'Set "no-new-privileges": true in daemon.json and restart the engine',
    },
    severity: 'high',
    nist: ['4.4.3'],
    cis: ['5.26'],
    version: 1,
    needs: ['noNewPrivileges'],
    judge: ({ noNewPrivileges }) => (noNewPrivileges ? pass : fail('no-new-privileges is not set')),
  }),
  containerCheck({
    id: 'CTR-057',
    title: 'The kernel keeps every process from gaining privileges',
    why: 'Only the kernel’s own flag counts, not what was requested: a process without it can use setuid programs.',
    remedy: {
      docker: 'Run with --security-opt no-new-privileges, and create the container again',
      kubernetes: 'Set securityContext.allowPrivilegeEscalation: false, and create the pod again',
    },
    severity: 'high',
    nist: ['4.4.4'],
    cis: ['5.26'],
    version: 1,
    needs: ['processes'],
    failsByPart: ['processes'],
    judge: ({ processes }) =>
      failIfAny(
        processes.filter(({ noNewPrivileges }) => !noNewPrivileges).map(({ program }) => `${program}: NoNewPrivs 0`),
      ),
  }),
  containerCheck({
    id: 'CTR-069',
    title: 'No supplementary group belongs to root or the engine',
    why: 'A process in such a group can open its files, the engine’s socket among them.',
    remedy: {
      docker: 'Leave the group out of --group-add',
      compose: 'Leave the group out of group_add',
      kubernetes: 'Leave the group out of securityContext.supplementalGroups',
    },
    severity: 'medium',
    nist: ['4.4.3'],
    version: 1,
    needs: ['groups', 'engineGroups'],
    judge: ({ groups, engineGroups }) =>
      failIfAny(groups.filter((group) => isRoot(group) || engineGroups.includes(group))),
  }),
];

/** `0`, `00` and `root` are one group. */
function isRoot(group: string): boolean {
  return group === 'root' || /^0+$/.test(group);
}
