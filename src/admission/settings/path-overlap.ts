import { PathTree, plainPath } from '#inventory/index.ts';

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

/** The first of a mount's paths that meets a folder, with that folder. */
export function firstMeeting(
  paths: readonly string[],
  meeting: FindMeeting,
): { readonly path: string; readonly folder: string } | undefined {
  for (const path of paths) {
    const folder = meeting(path);
    if (folder !== undefined) return { path, folder };
  }
  return undefined;
}
