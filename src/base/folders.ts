import type { Environment } from './environment.ts';

/** Pure path arithmetic on absolute POSIX paths; nothing is created. */

/**
 * Folder of everything that one user's programs keep: `$SEAWALL_STATE` when it is an absolute path, else
 * `/var/lib/seawall` for root and `$XDG_DATA_HOME/seawall` for others (XDG Base Directory Specification;
 * `~/.local/share` when unset or relative).
 */
export function stateFolder(environment: Environment, uid: number): string {
  const named = environment['SEAWALL_STATE'];
  if (isAbsolute(named)) return named;
  if (uid === 0) return '/var/lib/seawall';
  return xdgFolder(environment, 'XDG_DATA_HOME', '.local/share');
}

/** Folder of what may be deleted at any time: `/var/cache/seawall` for root, else `$XDG_CACHE_HOME/seawall`. */
export function cacheFolder(environment: Environment, uid: number): string {
  if (uid === 0 && !isAbsolute(environment['XDG_CACHE_HOME'])) return '/var/cache/seawall';
  return xdgFolder(environment, 'XDG_CACHE_HOME', '.cache');
}

function xdgFolder(environment: Environment, variable: string, fallback: string): string {
  const named = environment[variable];
  if (isAbsolute(named)) return `${named}/seawall`;
  const home = environment['HOME'];
  return `${isAbsolute(home) ? home : '/tmp'}/${fallback}/seawall`;
}

function isAbsolute(path: string | undefined): path is string {
  return path?.startsWith('/') === true;
}
