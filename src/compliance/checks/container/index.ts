import type { ContainerShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { capabilityChecks } from './capabilities.ts';
import { confinementChecks } from './confinement.ts';
import { deviceChecks } from './devices.ts';
import { fileSystemChecks } from './file-systems.ts';
import { kernelChecks } from './kernel.ts';
import { mountChecks } from './mounts.ts';
import { namespaceChecks } from './namespaces.ts';
import { networkChecks } from './network.ts';
import { operationChecks } from './operation.ts';
import { privilegeChecks } from './privileges.ts';
import { processChecks } from './processes.ts';
import { resourceChecks } from './resources.ts';
import { secretChecks } from './secrets.ts';

/** Everything that is checked of one container. */
export const containerChecks: readonly Check<ContainerShape>[] = [
  ...privilegeChecks,
  ...capabilityChecks,
  ...confinementChecks,
  ...kernelChecks,
  ...namespaceChecks,
  ...mountChecks,
  ...fileSystemChecks,
  ...deviceChecks,
  ...networkChecks,
  ...resourceChecks,
  ...processChecks,
  ...operationChecks,
  ...secretChecks,
];
