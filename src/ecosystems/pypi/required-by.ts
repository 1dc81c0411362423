import type { Package } from '../contract.ts';
import { registryName } from './name.ts';

type Installed = Pick<Package, 'name' | 'version' | 'paths' | 'requires'>;

/** A longer chain tells nobody more. */
const longestChain = 12;

/**
 * The shortest chain of names to each installed package, by name and version, from one of its environment that no other
 * package there requires. Where no package says what it requires, nothing is known.
 */
export function requiredBy(packages: readonly Installed[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const placed = packages.flatMap((one) => one.paths.map((path) => ({ one, environment: environmentOf(path) })));
  for (const environment of Map.groupBy(placed, (each) => each.environment).values()) {
    for (const [one, chain] of chainsIn(environment.map((each) => each.one))) {
      const key = JSON.stringify([one.name, one.version]);
      if (chain.length < (found.get(key)?.length ?? Number.POSITIVE_INFINITY)) found.set(key, chain);
    }
  }
  return found;
}

/** The folder that Python searches: what lies beside each other there belongs together. */
function environmentOf(path: string): string {
  return path.replace(/(?:^|\/)[^/]+\.(?:dist-info|egg-info|egg)(?:\/.*)?$/, '');
}

function chainsIn(environment: readonly Installed[]): ReadonlyMap<Installed, readonly string[]> {
  const byName = new Map(environment.map((one) => [registryName(one.name), one]));
  const needsOf = ({ requires = [] }: Installed): readonly Installed[] =>
    requires.flatMap((name) => byName.get(registryName(name)) ?? []);
  const chains = new Map<Installed, readonly string[]>();
  const required = new Set(environment.flatMap((one) => needsOf(one).filter((need) => need !== one)));
  if (required.size === 0) return chains;
  let reached = environment.filter((one) => !required.has(one));
  for (const one of reached) chains.set(one, [one.name]);
  while (reached.length > 0) {
    const next: Installed[] = [];
    for (const one of reached) {
      const chain = chains.get(one) ?? [];
      if (chain.length >= longestChain) continue;
      for (const need of needsOf(one)) {
        if (chains.has(need)) continue;
        chains.set(need, [...chain, need.name]);
        next.push(need);
      }
    }
    reached = next;
  }
  return chains;
}
