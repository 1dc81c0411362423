import { folderOf } from '#image/index.ts';
import type { Package } from '../contract.ts';

/**
 * Says to which package a path belongs: the operating system's that lists it, the jar that it is, or the npm package in
 * whose folder it lies. `systemOwners`: canonical path → purl.
 */
export function ownerFinder(
  packages: readonly Package[],
  systemOwners: ReadonlyMap<string, string>,
): (path: string) => string | undefined {
  const jars = new Map<string, string>();
  const folders = new Map<string, string | undefined>();
  for (const { type, purl, paths } of packages) {
    for (const path of paths) {
      if (type === 'maven' && !path.includes('!/')) jars.set(path, purl);
      if (type === 'npm' && path.endsWith('/package.json')) folders.set(folderOf(path), purl);
    }
  }
  function ofFolder(folder: string): string | undefined {
    if (folder === '' || folders.has(folder)) return folders.get(folder);
    const found = ofFolder(folderOf(folder));
    folders.set(folder, found);
    return found;
  }
  const ofNpm = folders.size > 0 ? (path: string) => ofFolder(folderOf(path)) : () => undefined;
  return (path) => systemOwners.get(path) ?? jars.get(path) ?? ofNpm(path);
}
