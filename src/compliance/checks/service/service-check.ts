import type { ServiceShape } from '#inventory/index.ts';
import { checksOf } from '../../check.ts';

/** Makes a check of a service of a swarm. */
export const serviceCheck = checksOf<ServiceShape>('service');
