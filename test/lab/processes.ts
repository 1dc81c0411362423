import { readdirSync } from 'node:fs';

/** Every process of this machine. */
export function processes(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}
