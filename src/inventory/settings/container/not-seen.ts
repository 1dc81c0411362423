import type { ContainerShape } from '../container-shape.ts';

/**
 * Documents by which a gate judges a container before it starts: a request to the engine, an OCI spec with the engine's own
 * files, a spec alone, a pod.
 */
export const startDocuments = ['request', 'bundle', 'spec', 'pod'] as const;
export type StartDocument = (typeof startDocuments)[number];

type Name = keyof ContainerShape;

/** What only a running container, a registry, or a long look at the host tells. */
const later = ['processCapabilities', 'processLabel', 'processes', 'health', 'tag', 'loosePaths'] as const;

/** What an engine keeps to itself, and its files tell. */
export const seenInFiles = [
  ...(['privileged', 'seccompProfile', 'cgroupParent', 'networks', 'ports', 'publishAll', 'links'] as const),
  ...(['extraHosts', 'deviceRequests', 'restart', 'swarmTask', 'logDriver', 'groups', 'memorySwap', 'ipc'] as const),
  ...(['argumentSecrets', 'joinedNetwork', 'joinedProcesses'] as const),
] as const satisfies readonly Name[];

/** What neither a spec nor an engine's files tell for sure. */
const notInBundle = [
  ...later,
  ...(['imagePresent', 'volumes', 'inheritedMounts', 'userRemap', 'hostConfinement', 'runtime'] as const),
  'environmentSecrets',
] as const;

/** Fields that a document has no place for, so that no gate asks it for them: checks that need one are not decided there. */
export const notSeenBy: Readonly<Record<StartDocument, readonly Name[]>> = {
  // The limits that an engine sets for every container, and who else may join its IPC, stand in no answer of it.
  request: [...later, 'rootUid', 'limits', 'ipc'],
  bundle: notInBundle,
  spec: [...notInBundle, ...seenInFiles],
  pod: [
    ...notInBundle,
    ...(['deviceRequests', 'joinedNetwork', 'joinedProcesses', 'ipc', 'cgroupParent', 'networks', 'tmpfs'] as const),
    ...(['memorySwap', 'pids', 'limits', 'oom', 'restart', 'logDriver', 'rootUid', 'argumentSecrets'] as const),
    ...(['selinux', 'apparmorProfile'] as const),
  ],
};
