import type { ReferenceShape } from '#catalog/index.ts';
import type { Check } from '../../check.ts';
import { nameChecks } from './names.ts';

/** Every check of how an image is named where it is deployed. */
export const referenceChecks: readonly Check<ReferenceShape>[] = [...nameChecks];
