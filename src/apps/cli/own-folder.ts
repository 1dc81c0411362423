import { mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '#base/folders.ts';
import type { Environment } from '#base/index.ts';

/**
 * This user's folder of what may be deleted, made where it is missing. `undefined` where somebody else may write: compiled
 * code that lies there would be run, and results of layers believed.
 */
export function ownCache(environment: Environment, uid: number): string | undefined {
  const folder = cacheFolder(environment, uid);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isOwn(folder, uid) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether nobody but this user and root can change what lies in a folder, or put another one in its place: that takes
 * each folder above it too. In those with the sticky bit, such as `/tmp`, only an owner renames.
 */
export function isOwn(folder: string, uid: number): boolean {
  const place = realpathSync(folder);
  for (let at = place; ; at = dirname(at)) {
    const { uid: owner, gid, mode } = statSync(at);
    const isSticky = at !== place && (mode & 0o1000) !== 0;
    // A group with the number of its user is that user alone, as Debian and Red Hat make them.
    const others = gid === uid ? 0o002 : 0o022;
    if ((owner !== uid && owner !== 0) || ((mode & others) !== 0 && !isSticky)) return false;
    if (at === '/') return true;
  }
}

/** A folder below this user's cache, where there is one. */
export function inOwnCache(environment: Environment, uid: number, name: string): string | undefined {
  const folder = ownCache(environment, uid);
  return folder === undefined ? undefined : join(folder, name);
}
