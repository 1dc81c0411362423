import type { RegistryShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { accessChecks } from './access.ts';
import { contentChecks } from './content.ts';
import { transportChecks } from './transport.ts';

/** Every check of a registry. */
export const registryChecks: readonly Check<RegistryShape>[] = [...transportChecks, ...accessChecks, ...contentChecks];
