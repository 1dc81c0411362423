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

/** What an agent asks for: the model of one entrypoint, in the environment that a container's label chose, if any. */
export interface WantedKey extends ModelKey {
  readonly chosen?: string | undefined;
}

/** Names a model on its host. */
export function wantedIdOf(wanted: WantedKey): string {
  return wanted.chosen === undefined ? modelIdOf(wanted) : modelIdIn(wanted, wanted.chosen);
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}
