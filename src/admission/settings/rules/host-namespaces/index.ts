import type { HostNamespace } from '../../../contract.ts';
import type { SettingsRuleKind, SettingsRuleOf } from '../../rule.ts';
import type { SharedNamespace } from '../../settings.ts';

export const hostNamespaces: SettingsRuleKind<SettingsRuleOf<'host-namespaces'>> = {
  id: 'host-namespaces',
  version: 1,
  summary: 'Containers that share namespaces of the host: pid, network, ipc, uts, user, cgroup',
  evaluate({ hostNamespaces: shared }, { deny }) {
    return shared
      .filter(({ namespace }) => deny.includes(namespace))
      .map((one) => ({ message: messageFor(one), remedy: remedies[one.namespace] }));
  },
};

function messageFor({ namespace, certainty }: SharedNamespace): string {
  if (certainty === 'shared') return `It shares the host’s ${namespace} namespace.`;
  return `It joins a ${namespace} namespace of which cannot be seen whether it is the host’s.`;
}

const remedies: Readonly<Record<HostNamespace, string>> = {
  pid: 'Leave out --pid, or name a container that has a namespace of its own.',
  network: 'Leave out --network host and publish the ports that are needed with -p.',
  ipc: 'Leave out --ipc, or name a container that has a namespace of its own.',
  uts: 'Leave out --uts host.',
  user: 'Leave out --userns host, and switch on userns-remap in the engine’s daemon.json.',
  cgroup: 'Run it with --cgroupns private.',
};
