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
  let left = mostRequirements;
  for (const environment of environmentsOf(packages)) {
    left -= environment.reduce((sum, { requires = [] }) => sum + 1 + requires.length, 0);
    if (left < 0) break;
    for (const [one, chain] of chainsIn(environment)) {
      const key = JSON.stringify([one.name, one.version]);
      if (chain.length < (found.get(key)?.length ?? Number.POSITIVE_INFINITY)) found.set(key, chain);
    }
  }
  return found;
}

/**
 * Requirements that are looked for, in all environments together; it takes about a second. A package with 1000 requirements may lie in
 * 1000 environments, and an image may hold a thousand such. What is left then came in a way that the image does not show.
 */
const mostRequirements = 1_000_000;

/** Each package once, however often it lies there. */
function environmentsOf(packages: readonly Installed[]): Iterable<readonly Installed[]> {
  const found = new Map<string, Set<Installed>>();
  for (const one of packages)
    for (const path of one.paths) {
      const environment = environmentOf(path);
      const known = found.get(environment);
      if (known === undefined) found.set(environment, new Set([one]));
      else known.add(one);
    }
  return found.values().map((environment) => [...environment]);
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
