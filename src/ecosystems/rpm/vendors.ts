import type { Package } from '../contract.ts';

/**
 * Whose a package is, by the vendor that its builder wrote into it; `undefined` for the distribution's own. Distributions
 * name themselves in each of their packages. A list without vendors (an SBOM, the list of Azure Linux's images) says nothing.
 */
export function builtBy(own: RegExp): (one: Package) => string | undefined {
  return ({ vendor, foundBy }) => {
    if (vendor !== undefined) return own.test(vendor) ? undefined : vendor;
    return foundBy.analyzer === 'rpm' && databases.has(foundBy.evidence) ? 'a builder who names no vendor' : undefined;
  };
}

const databases: ReadonlySet<string> = new Set(['sqlite', 'ndb', 'berkeley']);
