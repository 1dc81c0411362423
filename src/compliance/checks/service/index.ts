import type { ServiceShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { serviceChecks as checks } from './service.ts';

/** Every check of a service of a swarm. */
export const serviceChecks: readonly Check<ServiceShape>[] = [...checks];
