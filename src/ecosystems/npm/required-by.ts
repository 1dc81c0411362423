import type { Package } from '../contract.ts';
import { isDirect } from './evidence.ts';
import { splitAt } from './lock-file.ts';
import { lookedIn } from './place.ts';

type Installed = Pick<Package, 'name' | 'version' | 'paths' | 'foundBy' | 'requires'>;

/** How a package came into an application: the names from a direct dependency down to the package itself. */
type Chain = readonly string[];

/** A longer chain tells nobody more. */
const longestChain = 12;

/**
 * The shortest chain to each package, by name and version. It begins at a direct dependency: what the package.json of the
 * application or its lock file names or, where none lists its dependencies, what no other package requires. A package that
 * is not in the answer came in a way that the image does not show.
 */
export function requiredBy(packages: readonly Installed[]): ReadonlyMap<string, Chain> {
  const byFolder = new Map<string, Installed>();
  for (const one of packages) for (const path of one.paths) byFolder.set(placeOf(path, one), one);
  const found = new Map<string, Chain>();
  let reached = rootsOf(byFolder).flatMap((folder) => {
    const root = byFolder.get(folder);
    return root === undefined ? [] : [{ folder, chain: [root.name] as Chain }];
  });
  const seen = new Set(reached.map(({ folder }) => folder));
  while (reached.length > 0) {
    const next: typeof reached = [];
    for (const { folder, chain } of reached) {
      const one = byFolder.get(folder);
      if (one === undefined) continue;
      const key = packageKey(one);
      if (!found.has(key)) found.set(key, chain);
      if (chain.length >= longestChain) continue;
      for (const required of dependenciesOf(folder, one, byFolder)) {
        const name = byFolder.get(required)?.name;
        if (name === undefined || seen.has(required)) continue;
        seen.add(required);
        next.push({ folder: required, chain: [...chain, name] });
      }
    }
    reached = next;
  }
  return found;
}

/**
 * What each package requires, as far as it is installed. A package that is not in the answer does not say what it requires, or
 * requires what is not there.
 */
export function npmRequirements<One extends Installed>(packages: readonly One[]): ReadonlyMap<One, readonly One[]> {
  const byFolder = new Map<string, One>();
  const telling = packages.filter(({ requires }) => requires !== undefined);
  if (telling.length === 0) return new Map();
  for (const one of packages) for (const path of one.paths) byFolder.set(placeOf(path, one), one);
  return new Map(
    telling.flatMap((one) => {
      const needs = one.paths.flatMap((path) => dependenciesOf(placeOf(path, one), one, byFolder));
      const found = [...new Set(needs)].flatMap((folder) => byFolder.get(folder) ?? []);
      return new Set(found.map(({ name }) => name)).size < new Set(one.requires?.map(nameOf)).size
        ? []
        : [[one, found] as const];
    }),
  );
}

/** Names a package of the answer. */
export function packageKey({ name, version }: Pick<Package, 'name' | 'version'>): string {
  return JSON.stringify([name, version]);
}

function rootsOf(byFolder: ReadonlyMap<string, Installed>): readonly string[] {
  const places = [...byFolder].map(([place, one]) => ({ place, one }));
  const required = new Set(places.flatMap(({ place, one }) => dependenciesOf(place, one, byFolder)));
  const listed = places.filter(({ place }) => place.includes(inList));
  return [
    ...rootsOfFolders(
      places.filter(({ place }) => !place.includes(inList)),
      required,
      byFolder,
    ),
    ...[...Map.groupBy(listed, ({ place }) => place.split(inList)[0]).values()].flatMap((ones) =>
      rootsOfList(ones, required),
    ),
  ];
}

interface Placed {
  readonly place: string;
  readonly one: Installed;
}

function rootsOfFolders(
  folders: readonly Placed[],
  required: ReadonlySet<string>,
  byFolder: ReadonlyMap<string, Installed>,
): readonly string[] {
  const isInstalled = ({ place }: Placed): boolean => /(?:^|\/)node_modules\//.test(place);
  const applications = folders.filter((one) => !isInstalled(one));
  const named = applications.flatMap(({ place, one }) => dependenciesOf(place, one, byFolder));
  if (named.length > 0) return [...new Set(named)];
  const graph = folders.some(({ one }) => (one.requires?.length ?? 0) > 0);
  return graph ? folders.filter((one) => isInstalled(one) && !required.has(one.place)).map(({ place }) => place) : [];
}

/** What the list says that the project names, and what nothing else in it requires: then only the project can. */
function rootsOfList(listed: readonly Placed[], required: ReadonlySet<string>): readonly string[] {
  return listed.filter(({ place, one }) => isDirect(one) || !required.has(place)).map(({ place }) => place);
}

/** Folders of what a package requires, found as Node looks for them: beside its own files, then in each folder above. */
function dependenciesOf(
  folder: string,
  { requires = [] }: Installed,
  byFolder: ReadonlyMap<string, Installed>,
): readonly string[] {
  const [list, listed] = folder.split(inList);
  if (listed !== undefined)
    return requires.map((one) => `${list}${inList}${one}`).filter((place) => byFolder.has(place));
  const places = lookedIn(folder);
  return requires.map(nameOf).flatMap((name) => {
    const place = places.find((one) => byFolder.has(`${one}${name}`));
    return place === undefined ? [] : [`${place}${name}`];
  });
}

/** Of a requirement: a manifest states a name, a list `name@version`. */
function nameOf(required: string): string {
  return splitAt(required)?.[0] ?? required;
}

/** Between the path of a lock file and the `name@version` of a package in it, as others of the file require it. */
const inList = '\n';

/** Where a package stands: in the folder of its manifest, or in a list. */
function placeOf(path: string, { name, version }: Installed): string {
  return isManifest(path) ? path.replace(/\/?package\.json$/, '') : `${path}${inList}${name}@${version}`;
}

function isManifest(path: string): boolean {
  return /(?:^|\/)package\.json$/.test(path);
}
