import type { ContainerMount } from '#inventory/index.ts';

/** Every path of the host that a mount shows; none where that cannot be seen. */
export function pathsOf({ place }: ContainerMount): readonly string[] {
  return place.kind === 'paths' ? place.paths : [];
}

/** `/etc at /host-etc, writable`; where it leads elsewhere, `/data, which is /etc, at /data`. */
export function mountWords(mount: ContainerMount, path?: string): string {
  const { source, target, writable } = mount;
  const really = path === undefined || path === source ? '' : `, which is ${path},`;
  const unseen = mount.place.kind === 'not-seen' ? ', where it leads cannot be seen' : '';
  return `${source}${really}${target === '' ? '' : ` at ${target}`}${writable ? ', writable' : ''}${unseen}`;
}
