import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** npm packages of a checkout, as its lock file places them. */

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Every place in `node_modules`, with what lies there. */
export type Lock = ReadonlyMap<string, LockedPackage>;

/** Reads `package-lock.json` of a checkout. */
export function readLock(root: string): Lock {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  return new Map(Object.entries(packages));
}

/** Places of these packages and of all that they need to run, sorted. Throws for a name that is not locked. */
export function placesOf(lock: Lock, names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const queue = names.map((name) => {
    const place = `node_modules/${name}`;
    if (!lock.has(place)) throw new Error(`${name} is not in package-lock.json.`);
    return place;
  });
  for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
    if (found.has(place)) continue;
    found.add(place);
    const next = neededBy(lock.get(place)).map((name) => resolvedFrom(lock, place, name));
    queue.push(...next.filter((one) => one !== undefined));
  }
  return [...found].toSorted();
}

/** Peers count as well: npm installs them for who needs them. */
function neededBy({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: LockedPackage = {}) {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}

/** As Node looks: in the folder's own `node_modules`, then in those above. An optional package may be missing. */
function resolvedFrom(lock: Lock, from: string, name: string): string | undefined {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const place = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    if (lock.has(place)) return place;
    if (base === '') return undefined;
  }
}
