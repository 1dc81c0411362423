import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Folder of everything that one user's programs keep: `/var/lib/seawall` for root, else `$XDG_DATA_HOME/seawall`
 * (XDG Base Directory Specification; `~/.local/share` when unset or relative). It is not created here.
 */
export function stateFolder(environment: Readonly<Record<string, string | undefined>>, uid: number): string {
  if (uid === 0) return '/var/lib/seawall';
  const named = environment['XDG_DATA_HOME'];
  const data = named?.startsWith('/') === true ? named : join(environment['HOME'] ?? homedir(), '.local/share');
  return join(data, 'seawall');
}
