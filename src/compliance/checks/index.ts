import type { Check, SubjectKind } from '../check.ts';
import { containerChecks } from './container/index.ts';
import { engineChecks } from './engine/index.ts';
import { hostChecks } from './host/index.ts';
import { imageChecks } from './image/index.ts';
import { networkChecks } from './network/index.ts';
import { referenceChecks } from './reference/index.ts';
import { registryChecks } from './registry/index.ts';
import { serviceChecks } from './service/index.ts';

/** Every check, by what it looks at. */
export const checks = {
  image: imageChecks,
  reference: referenceChecks,
  container: containerChecks,
  host: hostChecks,
  engine: engineChecks,
  network: networkChecks,
  service: serviceChecks,
  registry: registryChecks,
} as const satisfies Readonly<Record<SubjectKind, readonly Check[]>>;
