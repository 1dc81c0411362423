import type { RegistryShape } from '#inventory/index.ts';
import { checksOf } from '../../check.ts';

/** Makes a check of a registry. */
export const registryCheck = checksOf<RegistryShape>('registry');
