import type { ImageShape } from '#catalog/index.ts';
import { checksOf } from '../../check.ts';

/** Makes checks of images. */
export const imageCheck = checksOf<ImageShape>('image');
