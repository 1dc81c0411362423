import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the labs are, a folder each. */
export const labFolder = join(import.meta.dirname, '../test/lab');

export const labs: readonly string[] = readdirSync(labFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(labFolder, entry.name, 'index.ts')))
  .map((entry) => entry.name);
