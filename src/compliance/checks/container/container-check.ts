import type { ContainerShape } from '#inventory/index.ts';
import { checksOf } from '../../check.ts';

/** Makes a check that looks at one container. */
export const containerCheck = checksOf<ContainerShape>('container');
