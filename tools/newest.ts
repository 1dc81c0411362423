import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Newest modification of the files below these paths, in milliseconds; 0 when there is none. */
export function newest(...paths: readonly string[]): number {
  return Math.max(0, ...paths.map(newestOf));
}

function newestOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return newest(...readdirSync(path).map((name) => join(path, name)));
}
