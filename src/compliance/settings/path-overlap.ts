import { type HostMount, PathTree, plainPath } from '#inventory/index.ts';

/** Finds a folder of a list that holds a path, else one that lies in it; `undefined`: they have nothing in common. */
export type FindMeeting = (path: string) => string | undefined;

/** `/` in the list is the whole host only: else it would hold every path. */
export function meetingWith(folders: readonly string[]): FindMeeting {
  const tree = new PathTree<string>();
  for (const folder of folders.map(plainPath)) tree.add(folder, folder);
  return (path) => {
    for (const folder of tree.above(path)) if (folder !== '/' || path === '/') return folder;
    for (const folder of tree.below(path)) return folder;
    return undefined;
  };
}

/** A mount that gives what it should not, and how. */
export type MetMount<Mount extends HostMount> =
  | { readonly kind: 'met'; readonly mount: Mount; readonly path: string; readonly folder: string }
  /** Nobody can tell what it shows. */
  | { readonly kind: 'not-seen'; readonly mount: Mount };

/** Mounts that show one of the folders or something in it, with the first path that does; those that may are among them. */
export function mountsMeeting<Mount extends HostMount>(
  mounts: readonly Mount[],
  meeting: FindMeeting,
): readonly MetMount<Mount>[] {
  return mounts.flatMap((mount): readonly MetMount<Mount>[] => {
    if (mount.place.kind === 'not-seen') return [{ kind: 'not-seen', mount }];
    for (const path of mount.place.paths) {
      const folder = meeting(path);
      if (folder !== undefined) return [{ kind: 'met', mount, path, folder }];
    }
    return [];
  });
}
