import { createHash } from 'node:crypto';
import type { ModelKey } from './contract.ts';

/** Name of a model in addresses: first 32 hex digits of SHA-256 over digest and entrypoint as one JSON array. */
export function modelIdOf({ digest, entrypoint }: ModelKey): string {
  return createHash('sha256')
    .update(JSON.stringify([digest, ...entrypoint]))
    .digest('hex')
    .slice(0, 32);
}
