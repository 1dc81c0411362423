import { createHash } from 'node:crypto';
import type { ModelKey } from './contract.ts';

/** Names digest and entrypoint: first 32 hex digits of SHA-256 over both as one JSON array. */
export function modelIdOf({ digest, entrypoint }: ModelKey): string {
  return hashOf([digest, ...entrypoint]);
}

/** Names the model of one environment in addresses; `undefined` is an environment too. */
export function modelIdIn(key: ModelKey, environment: string | undefined): string {
  return hashOf({ key: modelIdOf(key), environment: environment ?? '' });
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}
