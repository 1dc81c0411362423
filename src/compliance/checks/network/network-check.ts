import type { NetworkShape } from '#inventory/index.ts';
import { checksOf } from '../../check.ts';

/** Makes a check of a network of containers. */
export const networkCheck = checksOf<NetworkShape>('network');
