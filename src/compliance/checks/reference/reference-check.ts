import type { ReferenceShape } from '#catalog/index.ts';
import { checksOf } from '../../check.ts';

/** Makes a check of how an image is named. */
export const referenceCheck = checksOf<ReferenceShape>('reference');
