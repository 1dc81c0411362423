import type { Package } from '../contract.ts';

type Installed = Pick<Package, 'name' | 'version' | 'paths' | 'foundBy' | 'requires'>;

/** How a package came into an application: the names from a direct dependency down to the package itself. */
type Chain = readonly string[];

/** A longer chain tells nobody more. */
const longestChain = 12;

/**
 * The shortest chain to each installed package, by name and version. It begins at a direct dependency: what the package.json
 * of the application names or, where none lists its dependencies, what no other installed package requires. A package that
 * is not in the answer came in a way that the image does not show.
 */
export function requiredBy(packages: readonly Installed[]): ReadonlyMap<string, Chain> {
  const byFolder = new Map<string, Installed>();
  for (const one of packages) for (const path of one.paths) byFolder.set(folderOf(path), one);
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
  for (const one of packages) for (const path of one.paths) byFolder.set(folderOf(path), one);
  return new Map(
    telling.flatMap((one) => {
      const needs = one.paths.flatMap((path) => dependenciesOf(folderOf(path), one, byFolder));
      const found = [...new Set(needs)].flatMap((folder) => byFolder.get(folder) ?? []);
      return new Set(found.map(({ name }) => name)).size < new Set(one.requires).size ? [] : [[one, found] as const];
    }),
  );
}

/** Names a package of the answer. */
export function packageKey({ name, version }: Pick<Package, 'name' | 'version'>): string {
  return JSON.stringify([name, version]);
}

function rootsOf(byFolder: ReadonlyMap<string, Installed>): readonly string[] {
  const folders = [...byFolder.keys()];
  const isInstalled = (folder: string): boolean => /(?:^|\/)node_modules\//.test(folder);
  const applications = folders.filter((folder) => !isInstalled(folder));
  const named = applications.flatMap((folder) => {
    const one = byFolder.get(folder);
    return one === undefined ? [] : dependenciesOf(folder, one, byFolder);
  });
  if (named.length > 0) return [...new Set(named)];
  const required = new Set(
    folders.flatMap((folder) => {
      const one = byFolder.get(folder);
      return one === undefined ? [] : dependenciesOf(folder, one, byFolder);
    }),
  );
  const graph = folders.some((folder) => (byFolder.get(folder)?.requires?.length ?? 0) > 0);
  return graph ? folders.filter((folder) => isInstalled(folder) && !required.has(folder)) : [];
}

/** Folders of what a package requires, found as Node looks for them: beside its own files, then in each folder above. */
function dependenciesOf(
  folder: string,
  { requires = [] }: Installed,
  byFolder: ReadonlyMap<string, Installed>,
): readonly string[] {
  const places = lookedIn(folder);
  return requires.flatMap((name) => {
    const place = places.find((one) => byFolder.has(`${one}${name}`));
    return place === undefined ? [] : [`${place}${name}`];
  });
}

function lookedIn(folder: string): readonly string[] {
  const parts = folder === '' ? [] : folder.split('/');
  const places: string[] = [];
  for (let count = parts.length; count >= 0; count--) {
    if (parts[count - 1] === 'node_modules') continue;
    places.push([...parts.slice(0, count), 'node_modules', ''].join('/'));
  }
  return places;
}

function folderOf(path: string): string {
  return path.replace(/\/?package\.json$/, '');
}
