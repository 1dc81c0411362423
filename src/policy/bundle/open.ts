import { limits } from '../limits.ts';

export { bundlePurpose } from './purpose.ts';
export { type BundleCheck, verifyBundle } from './verify.ts';

/** A larger file is no bundle. */
export const mostBundleBytes: number = limits.bundleBytes.value;
