import { limits } from '../limits.ts';
import type { BundleCheck, VerifyOptions } from './verify.ts';

export { readAuthority } from './check-signature.ts';
export type { BundleCheck } from './verify.ts';

/** A larger file is no bundle. */
export const mostBundleBytes: number = limits.bundleBytes.value;

/** Makes the verdict of a bundle again. What that takes is loaded when it is asked for. */
export async function verifyBundle(bytes: Uint8Array, options: VerifyOptions): Promise<BundleCheck> {
  const verify = await import('./verify.ts');
  return await verify.verifyBundle(bytes, options);
}
