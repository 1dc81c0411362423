import type { EngineShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { configurationChecks } from './configuration.ts';
import { confinementChecks } from './confinement.ts';
import { extensionChecks } from './extensions.ts';
import { loggingChecks } from './logging.ts';
import { networkChecks } from './network.ts';
import { swarmChecks } from './swarm.ts';

/** Every check of an engine. */
export const engineChecks: readonly Check<EngineShape>[] = [
  ...confinementChecks,
  ...networkChecks,
  ...configurationChecks,
  ...loggingChecks,
  ...extensionChecks,
  ...swarmChecks,
];
