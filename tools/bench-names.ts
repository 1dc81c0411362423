import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the benches are, a script each. */
export const benchFolder = join(import.meta.dirname, '../bench');

export const benches: readonly string[] = readdirSync(benchFolder)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -3));
