import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/**
 * Absolute path of this executable. Where there is no `/proc`, as in a bare chroot, Node knows only the word that it was
 * called by (`process.execPath`), which the shell looked up on the path.
 */
export function ownPath(called: string, path: string | undefined): string {
  if (isAbsolute(called)) return called;
  if (called.includes('/')) return resolve(called);
  const places = (path ?? '').split(delimiter).map((folder) => resolve(join(folder, called)));
  return places.find((place) => existsSync(place)) ?? resolve(called);
}
