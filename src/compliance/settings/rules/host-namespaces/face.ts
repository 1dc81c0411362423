import { z } from 'zod';
import { HostNamespace } from '#inventory/contract.ts';
import { ruleFace } from '#rules/contract.ts';
import { ComplianceEffect, complianceEffects } from '../../../contract-effect.ts';

/** Namespaces of the host that a container shares. */
export const hostNamespaces = ruleFace({
  setting: z.object({
    kind: z.literal('host-namespaces'),
    deny: z.array(HostNamespace).min(1).max(6),
    effect: ComplianceEffect,
  }),
  name: 'Shared host namespaces',
  about: 'containers in namespaces of the host',
  fields: {
    effect: { label: 'Shared host namespaces', choices: complianceEffects },
    deny: {
      label: 'Host namespaces to match',
      missing: 'Choose a namespace.',
      choices: { pid: 'pid', network: 'network', ipc: 'ipc', uts: 'uts', user: 'user', cgroup: 'cgroup' },
    },
  },
  beginning: { kind: 'host-namespaces', effect: 'ignore', deny: ['pid', 'network', 'ipc', 'uts', 'user', 'cgroup'] },
  sentence: () => 'shared host namespaces',
});
