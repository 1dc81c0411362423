import type { ContainerShape, JoinedContainer } from '#inventory/index.ts';
import { fail, type Judgement, notApplicable, pass, warn } from '../../judgement.ts';
import type { Remedy } from '../../remedy.ts';
import { sharedAmong } from '../../settings/index.ts';
import type { CheckSeverity } from '../../severity.ts';
import { containerCheck } from './container-check.ts';

interface Shared {
  readonly id: string;
  readonly namespace: ContainerShape['hostNamespaces'][number]['namespace'];
  readonly title: string;
  readonly why: string;
  readonly severity: CheckSeverity;
  readonly nist: readonly string[];
  readonly cis: string;
  readonly remedy: Remedy;
}

const shared: readonly Shared[] = [
  {
    id: 'CTR-030',
    namespace: 'network',
    title: 'The host’s network is not shared',
    why: 'The container reaches services on the host’s own addresses, opens any port, and sees the host’s traffic.',
    severity: 'high',
    nist: ['4.4.3', '4.3.3'],
    cis: '5.10',
    remedy: {
      docker: 'Run without --network host; publish ports with -p',
      compose: 'Leave out network_mode: host; use ports',
      kubernetes: 'Set hostNetwork: false',
    },
  },
  {
    id: 'CTR-038',
    namespace: 'pid',
    title: 'The host’s processes are not shared',
    why: 'The container sees and signals every process of the host, and with one more capability traces it.',
    severity: 'high',
    nist: ['4.4.3'],
    cis: '5.16',
    remedy: {
      docker: 'Run without --pid host',
      compose: 'Leave out pid: host',
      kubernetes: 'Set hostPID: false',
    },
  },
  {
    id: 'CTR-040',
    namespace: 'ipc',
    title: 'The host’s IPC is not shared',
    why: 'The container reads and changes memory that programs of the host share.',
    severity: 'high',
    nist: ['4.4.3'],
    cis: '5.17',
    remedy: {
      docker: 'Run without --ipc host',
      compose: 'Leave out ipc: host',
      kubernetes: 'Set hostIPC: false',
    },
  },
  {
    id: 'CTR-046',
    namespace: 'uts',
    title: 'The host’s name is not shared',
    why: 'The container sees the host’s name, and can change it with CAP_SYS_ADMIN.',
    severity: 'medium',
    nist: ['4.4.3'],
    cis: '5.21',
    remedy: { docker: 'Run without --uts host', compose: 'Leave out uts: host' },
  },
  {
    id: 'CTR-054',
    namespace: 'cgroup',
    title: 'It has its own cgroup namespace',
    why: 'Otherwise it sees the host’s tree of cgroups, and what else runs there.',
    severity: 'medium',
    nist: ['4.4.3'],
    cis: '5.25',
    remedy: {
      docker: 'Run with --cgroupns private',
      compose: 'Set cgroup: private',
      engine: 'Set "default-cgroupns-mode": "private" in daemon.json and restart the engine',
    },
  },
];

const sharedChecks = shared.map(({ namespace, cis, ...about }) =>
  containerCheck({
    ...about,
    cis: [cis],
    version: 1,
    needs: ['hostNamespaces'],
    judge({ hostNamespaces }) {
      const [found] = sharedAmong(hostNamespaces, [namespace]);
      if (found === undefined) return pass;
      return fail(found.certainty === 'shared' ? namespace : `${namespace}: whose it is cannot be seen`);
    },
  }),
);

/** Two containers that share a namespace are one for whoever attacks them. */
function judgeJoined(joined: JoinedContainer | 'none'): Judgement {
  if (joined === 'none' || joined.sensitivity === joined.ownSensitivity) return pass;
  return fail(`${joined.ownSensitivity} with ${joined.name}, ${joined.sensitivity}`);
}

const joined = { severity: 'medium', version: 1 } as const;
const joinedRemedy = 'Join no container of another sensitivity, or correct the label seawall.sensitivity';

export const namespaceChecks = [
  ...sharedChecks,
  containerCheck({
    ...joined,
    id: 'CTR-031',
    title: 'It shares the network of no container of another sensitivity',
    why: 'Whoever breaks into one of them reaches the other and reads its traffic.',
    nist: ['4.3.3', '4.3.4'],
    cis: ['5.10'],
    remedy: { docker: `Run without --network container:NAME. ${joinedRemedy}`, compose: joinedRemedy },
    needs: ['joinedNetwork'],
    judge: ({ joinedNetwork }) => judgeJoined(joinedNetwork),
  }),
  containerCheck({
    ...joined,
    id: 'CTR-039',
    title: 'It shares the processes of no container of another sensitivity',
    why: 'Each of them sees and signals the other’s processes, and reads their environment.',
    nist: ['4.4.3', '4.3.4'],
    cis: ['5.16'],
    remedy: { docker: `Run without --pid container:NAME. ${joinedRemedy}`, compose: joinedRemedy },
    needs: ['joinedProcesses'],
    judge: ({ joinedProcesses }) => judgeJoined(joinedProcesses),
  }),
  containerCheck({
    id: 'CTR-041',
    title: 'No other container can join its IPC namespace',
    why: 'Shareable memory is open to every container that joins this one.',
    remedy: {
      docker: 'Run with --ipc private',
      compose: 'Set ipc: private',
      engine: 'Set "default-ipc-mode": "private" in daemon.json and restart the engine',
    },
    severity: 'low',
    nist: ['4.4.3'],
    cis: ['5.17'],
    version: 1,
    needs: ['ipc'],
    judge({ ipc }) {
      if (ipc === 'host') return notApplicable('It shares the host’s; CTR-040 is about that.');
      return ipc === 'private' || ipc === 'none' ? pass : warn(ipc);
    },
  }),
  containerCheck({
    id: 'CTR-063',
    title: 'It does not opt out of the engine’s user namespace',
    why: 'Its root is root on the host, although the engine is set to prevent that.',
    remedy: { docker: 'Run without --userns host', compose: 'Leave out userns_mode: host' },
    severity: 'high',
    nist: ['4.4.3', '4.5.2'],
    cis: ['5.31'],
    version: 1,
    needs: ['userRemap'],
    judge({ userRemap }) {
      if (userRemap === 'off') return notApplicable('The engine does not remap users.');
      return userRemap === 'on' ? pass : fail('UsernsMode host');
    },
  }),
  containerCheck({
    id: 'CTR-064',
    title: 'The container’s root is not the host’s root',
    why: 'Whoever gets out of the container as root is root on the host.',
    remedy: {
      engine: 'Set "userns-remap": "default" in daemon.json and restart the engine, or run it rootless',
      kubernetes: 'Set hostUsers: false',
    },
    severity: 'medium',
    nist: ['4.5.2'],
    cis: ['5.31'],
    version: 1,
    needs: ['rootUid'],
    judge: ({ rootUid }) => (rootUid === 0 ? fail('uid 0 is uid 0 of the host') : pass),
  }),
];
