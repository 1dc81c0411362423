import type { ServiceShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { openedHostCheck } from './opened-host.ts';
import { startChecks } from './starts.ts';

/** Every check of a service of a swarm. */
export const serviceChecks: readonly Check<ServiceShape>[] = [...startChecks, openedHostCheck];
