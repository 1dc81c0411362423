import { ecosystemOf, type Package } from '#ecosystems/index.ts';
import { folderOf } from '#image/index.ts';

/**
 * Says to which package a path belongs: the operating system's that lists it, the one of a language that lists it or is
 * it, or the package in whose folder it lies, as their ecosystems say. `systemOwners`: canonical path → purl.
 */
export function ownerFinder(
  packages: readonly Package[],
  systemOwners: ReadonlyMap<string, string>,
): (path: string) => string | undefined {
  const files = new Map<string, string>();
  const folders = new Map<string, string | undefined>();
  const shared = sharedEvidence(packages);
  for (const one of packages) {
    const { type, purl, paths } = one;
    const ecosystem = ecosystemOf(type);
    if (ecosystem?.isSoftware?.(one) === false) continue;
    const owns = ecosystem?.owns;
    if (owns === 'listed' && ecosystem?.face.kind === 'language') for (const file of one.files) files.set(file, purl);
    for (const path of paths) {
      // A file that names several packages lies in the folder of none of them.
      if (shared.has(path)) continue;
      if (owns === 'file' && !path.includes('!/')) files.set(path, purl);
      if (owns === 'folder') folders.set(folderOf(path), purl);
    }
  }
  function ofFolder(folder: string): string | undefined {
    if (folder === '' || folders.has(folder)) return folders.get(folder);
    const found = ofFolder(folderOf(folder));
    folders.set(folder, found);
    return found;
  }
  const inFolder = folders.size > 0 ? (path: string) => ofFolder(folderOf(path)) : () => undefined;
  return (path) => systemOwners.get(path) ?? files.get(path) ?? inFolder(path);
}

function sharedEvidence(packages: readonly Package[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { type, paths } of packages)
    if (ecosystemOf(type)?.owns === 'folder')
      for (const path of paths) {
        if (seen.has(path)) shared.add(path);
        seen.add(path);
      }
  return shared;
}
