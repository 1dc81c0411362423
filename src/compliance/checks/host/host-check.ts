import type { HostShape } from '#inventory/index.ts';
import { checksOf } from '../../check.ts';

/** Makes a check of hosts. */
export const hostCheck = checksOf<HostShape>('host');
