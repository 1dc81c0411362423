import { sharedAmong } from '../../confinement.ts';
import type { HostNamespace } from '#inventory/contract.ts';
import type { SettingsObjection, SettingsRuleKind, SettingsRuleOf } from '../../rule.ts';
import type { SharedNamespace } from '#inventory/index.ts';

export const hostNamespaces: SettingsRuleKind<SettingsRuleOf<'host-namespaces'>> = {
  id: 'host-namespaces',
  version: 1,
  summary: 'Containers that share namespaces of the host: pid, network, ipc, uts, user, cgroup',
  evaluate({ hostNamespaces: shared }, { deny }) {
    return sharedAmong(shared, deny).map((one) => ({ message: messageFor(one), remedies: remedies[one.namespace] }));
  },
};

function messageFor({ namespace, certainty }: SharedNamespace): string {
  if (certainty === 'shared') return `It shares the host’s ${namespace} namespace.`;
  return `It joins a ${namespace} namespace of which cannot be seen whether it is the host’s.`;
}

const remedies: Readonly<Record<HostNamespace, SettingsObjection['remedies']>> = {
  pid: {
    docker: 'Leave out --pid, or name a container that has a namespace of its own.',
    pod: 'Set hostPID: false.',
  },
  network: {
    docker: 'Leave out --network host and publish the ports that are needed with -p.',
    pod: 'Set hostNetwork: false, and publish ports with a Service.',
  },
  ipc: {
    docker: 'Leave out --ipc, or name a container that has a namespace of its own.',
    pod: 'Set hostIPC: false.',
  },
  uts: {
    docker: 'Leave out --uts host.',
    pod: 'Set hostNetwork: false: the node’s name comes with its network.',
  },
  user: {
    docker: 'Leave out --userns host, and switch on userns-remap in the engine’s daemon.json.',
    pod: 'Set hostUsers: false.',
  },
  cgroup: {
    docker: 'Run it with --cgroupns private.',
    pod: 'Set securityContext.privileged: false: the node’s cgroups come with it.',
  },
};
