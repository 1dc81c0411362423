import type { NetworkShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { sensitivityChecks } from './sensitivity.ts';

/** Everything that is checked of one network of containers. */
export const networkChecks: readonly Check<NetworkShape>[] = [...sensitivityChecks];
