import { ecosystemOf, ecosystems } from '#ecosystems/index.ts';
import { folderOf } from '#image/index.ts';
import type { Package } from './contract.ts';

/** As the contract carries them; `folders`: those above a copy in which its lists are looked for, `lists`: of one copy. */
const most = { paths: 1000, requires: 1000, evidence: 128, folders: 100, lists: 50 };

/**
 * Joins what a lock file lists to what is installed of it in its folder or below: one package with the paths of both. What is
 * installed is the stronger evidence, and says what the package is; a list knows better which versions it requires. What is
 * listed alone stays a package of its own.
 */
export function joinListed(packages: readonly Package[]): Package[] {
  const readers = ecosystems.flatMap((one) => one.readers).filter(({ of }) => of === 'sources');
  const ofSources = new Set(readers.map(({ id }) => id));
  const isListed = ({ foundBy }: Package): boolean => ofSources.has(foundBy.analyzer);
  const listed = packages.filter(isListed);
  if (listed.length === 0) return [...packages];
  const others = packages.filter((one) => !isListed(one));
  const places = placesOf(listed);
  const taken = new Set<Package>();
  const listsOf = (one: Package): readonly Package[] => {
    const ofName = isSoftware(one) ? places.get(nameOf(one)) : undefined;
    if (ofName === undefined) return [];
    const nearest = new Set(foldersAbove(one).flatMap((folder) => ofName.get(folder) ?? []));
    const lists = [...nearest].slice(0, most.lists);
    for (const { list } of lists) taken.add(list);
    return lists.toSorted((left, right) => left.place - right.place).map(({ list }) => list);
  };
  const all = others.map((one) => joined(one, listsOf(one)));
  return [...all, ...listed.filter((one) => !taken.has(one))];
}

interface Placed {
  readonly list: Package;
  /** Among all that is listed. */
  readonly place: number;
}

/** What is listed by its name, then by the folder of the list. */
function placesOf(listed: readonly Package[]): ReadonlyMap<string, ReadonlyMap<string, readonly Placed[]>> {
  const places = new Map<string, Map<string, Placed[]>>();
  for (const [place, list] of listed.entries()) {
    const name = nameOf(list);
    const ofName = places.get(name) ?? new Map<string, Placed[]>();
    places.set(name, ofName);
    for (const folder of new Set(list.paths.map(folderOf))) {
      const known = ofName.get(folder);
      if (known === undefined) ofName.set(folder, [{ list, place }]);
      else known.push({ list, place });
    }
  }
  return places;
}

/** The nearest first, the top last. */
function foldersAbove({ paths }: Package): readonly string[] {
  return paths.flatMap((path) => {
    const folders: string[] = [];
    for (let at = path; at !== '' && folders.length < most.folders; ) {
      at = folderOf(at);
      folders.push(at);
    }
    return folders;
  });
}

/** Whether advisories are read for what is called so: an application only shares its name with a package. */
export function isSoftware(one: Package): boolean {
  return ecosystemOf(one.type)?.isSoftware?.(one) !== false;
}

function joined(one: Package, lists: readonly Package[]): Package {
  if (lists.length === 0) return one;
  const { analyzer, evidence } = one.foundBy;
  // The word of a list that it is of no registry would take what is installed from those that advisories are read for.
  const others = new Set(lists.filter(isSoftware).map(({ foundBy }) => foundBy.evidence));
  const requires = new Set(lists.flatMap((list) => list.requires ?? []));
  const isKnown = lists.some((list) => list.requires !== undefined);
  return {
    ...one,
    paths: [...one.paths, ...lists.flatMap(({ paths }) => paths)].slice(0, most.paths),
    foundBy: { analyzer, evidence: [evidence, ...others].join(', ').slice(0, most.evidence) },
    ...(isKnown && { requires: [...requires].slice(0, most.requires) }),
  };
}

/** What is one package whatever tool wrote its name. */
function nameOf({ type, name, version, purl }: Package): string {
  const one = ecosystemOf(type);
  const own = one !== undefined && 'registryName' in one ? one.registryName?.(name) : undefined;
  return own === undefined ? purl : JSON.stringify([type, own, version]);
}
