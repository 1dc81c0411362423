import type { Package } from '../contract.ts';
import { isDirect } from './evidence.ts';
import { isTooDeep, splitAt } from './lock-file.ts';
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
  const { byFolder, needsOf, isCut } = requirements(packages);
  const found = new Map<string, Chain>();
  let reached = rootsOf(byFolder, needsOf).flatMap((folder) => {
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
      for (const required of needsOf(folder, one)) {
        const name = byFolder.get(required)?.name;
        if (name === undefined || seen.has(required)) continue;
        seen.add(required);
        next.push({ folder: required, chain: [...chain, name] });
      }
    }
    reached = next;
  }
  // What was not looked for may be what requires a root.
  return isCut() ? new Map() : found;
}

/**
 * What each package requires, as far as it is installed. A package that is not in the answer does not say what it requires, or
 * requires what is not there.
 */
export function npmRequirements<One extends Installed>(packages: readonly One[]): ReadonlyMap<One, readonly One[]> {
  const telling = packages.filter(({ requires }) => requires !== undefined);
  if (telling.length === 0) return new Map();
  const { byFolder, needsOf } = requirements(packages);
  return new Map(
    telling.flatMap((one) => {
      const needs = one.paths.flatMap((path) => needsOf(placeOf(path, one), one));
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

interface Requirements<One extends Installed> {
  readonly byFolder: ReadonlyMap<string, One>;
  readonly needsOf: NeedsOf;
  /** Whether something was not looked for. */
  isCut(): boolean;
}

/** Folders of what a package of a folder requires, as far as it is installed. */
type NeedsOf = (folder: string, one: Installed) => readonly string[];

/**
 * What looking for requirements may take, about a second: 20,000 packages of ten requirements each take half of it. One
 * of 1000 requirements at 1000 deep paths would take days. Of an image with more no chain is told.
 */
const most = { lookups: 3_000_000, places: 200_000 };

function requirements<One extends Installed>(packages: readonly One[]): Requirements<One> {
  const byFolder = new Map<string, One>();
  let [placed, left] = [0, most.lookups];
  for (const one of packages) {
    placed += one.paths.length;
    if (placed > most.places) break;
    for (const path of one.paths) byFolder.set(placeOf(path, one), one);
  }
  const known = new Map<string, readonly string[]>();
  const isThere = (place: string): boolean => {
    // A long place takes longer to make and to look for.
    left -= 1 + (place.length >> 6);
    return left >= 0 && byFolder.has(place);
  };
  const needsOf: NeedsOf = (folder, one) => {
    const found = known.get(folder) ?? (left < 0 ? [] : dependenciesOf(folder, one, isThere));
    known.set(folder, found);
    return found;
  };
  return { byFolder, needsOf, isCut: () => left < 0 || placed > most.places };
}

function rootsOf(byFolder: ReadonlyMap<string, Installed>, needsOf: NeedsOf): readonly string[] {
  const places = [...byFolder].map(([place, one]) => ({ place, one }));
  const required = new Set(places.flatMap(({ place, one }) => needsOf(place, one)));
  const listed = places.filter(({ place }) => place.includes(inList));
  return [
    ...rootsOfFolders(
      places.filter(({ place }) => !place.includes(inList)),
      required,
      needsOf,
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
  needsOf: NeedsOf,
): readonly string[] {
  const isInstalled = ({ place }: Placed): boolean => /(?:^|\/)node_modules\//.test(place);
  const applications = folders.filter((one) => !isInstalled(one));
  const named = applications.flatMap(({ place, one }) => needsOf(place, one));
  if (named.length > 0) return [...new Set(named)];
  const graph = folders.some(({ one }) => (one.requires?.length ?? 0) > 0);
  return graph ? folders.filter((one) => isInstalled(one) && !required.has(one.place)).map(({ place }) => place) : [];
}

/** What the list says that the project names, and what nothing else in it requires: then only the project can. */
function rootsOfList(listed: readonly Placed[], required: ReadonlySet<string>): readonly string[] {
  return listed.filter(({ place, one }) => isDirect(one) || !required.has(place)).map(({ place }) => place);
}

/** Found as Node looks for it: beside its own files, then in each folder above. */
function dependenciesOf(
  folder: string,
  { requires = [] }: Installed,
  isThere: (place: string) => boolean,
): readonly string[] {
  const [list, listed] = folder.split(inList);
  if (listed !== undefined) return requires.map((one) => `${list}${inList}${one}`).filter(isThere);
  if (isTooDeep(folder)) return [];
  const places = lookedIn(folder);
  return requires.map(nameOf).flatMap((name) => {
    const place = places.find((one) => isThere(`${one}${name}`));
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
