import type { HostFile } from '#inventory/index.ts';

/** `/usr/bin/su 4755` */
export function showMode({ path, mode }: Pick<HostFile, 'path' | 'mode'>): string {
  return `${path} ${mode.toString(8).padStart(4, '0')}`;
}

/** `/etc/docker 1000:0` */
export function showOwner({ path, uid, gid }: Pick<HostFile, 'path' | 'uid' | 'gid'>): string {
  return `${path} ${uid}:${gid}`;
}

/** Whether the mode holds a bit that the mask does not allow. */
export function exceeds(mode: number, mask: number): boolean {
  return (mode & 0o7777 & ~mask) !== 0;
}

/**
 * The mode that counts: a file of mode 0644 in a folder of root's with mode 0700 cannot be read by others. Only folders of
 * root count, as another owner may open them.
 */
export function reachableMode({ mode, parents }: HostFile): number {
  const closed = parents.filter(({ uid }) => uid === 0);
  const toOthers = closed.every((folder) => (folder.mode & 0o001) !== 0);
  const toGroups = closed.every((folder) => (folder.mode & 0o011) !== 0);
  return mode & ~(toOthers ? 0 : 0o007) & ~(toGroups ? 0 : 0o070);
}
