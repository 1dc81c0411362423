import { oneLine } from '#base/index.ts';
import { type Distribution, isSystemPackage } from '#ecosystems/index.ts';
import type { Fault } from '#image/index.ts';
import type { Bill } from './bill.ts';
import { idOfFamily } from './families.ts';
import type { BilledPackage } from './packages.ts';

interface Told {
  readonly distribution?: Distribution;
  readonly faults: readonly Fault[];
}

/**
 * The one distribution that a bill names: by a component, else by its package URLs. Where it names several, nothing tells
 * which of them speaks for the packages.
 */
export function distributionsOf({ systems }: Bill, billed: readonly BilledPackage[]): Told {
  const packages = billed.filter(({ package: one }) => isSystemPackage(one));
  const stated = distinct(systems.map(({ name, version }) => toDistribution(name, version)));
  const implied = distinct(packages.flatMap(({ distro }) => (distro === undefined ? [] : fromQualifier(distro))));
  const [named] = stated.length > 0 ? stated : implied;
  const ids = new Set([...stated, ...implied].map(({ id }) => id));
  if (named === undefined)
    return packages.length === 0
      ? { faults: [] }
      : { faults: [{ code: 'unknown-distribution', message: 'The bill does not say whose packages it lists.' }] };
  const isOne = stated.length > 0 ? stated.length === 1 : implied.length === 1;
  if (isOne && ids.size === 1) return { distribution: named, faults: packages.length === 0 ? [noPackages] : [] };
  const names = [...stated, ...implied].map(({ name }) => name).slice(0, 5);
  const message = `The bill names several distributions: ${[...new Set(names)].join(', ')}.`;
  return { faults: [{ code: 'unknown-distribution', message }] };
}

const noPackages: Fault = {
  code: 'no-system-packages',
  message: 'The bill names a distribution and none of its packages.',
};

/** `debian-12.5`, `opensuse-leap-15.5`, `arch`. */
function fromQualifier(distro: string): Distribution {
  const [, name = distro, version] = /^(.{1,64}?)-(\d.*)$/.exec(distro) ?? [];
  return toDistribution(name, version);
}

/** Tools write words after the version: `2 (Karoo)`. */
function toDistribution(name: string, version: string | undefined): Distribution {
  const id = oneLine(idOfFamily(name), 64);
  const release = /^\S{1,64}/.exec(version ?? '')?.[0];
  return {
    id,
    ...(release === undefined ? {} : { version: oneLine(release, 64) }),
    like: [],
    name: oneLine(`${id} ${release ?? ''}`.trim(), 256),
  };
}

function distinct(list: readonly Distribution[]): readonly Distribution[] {
  return [...new Map(list.map((one) => [one.name, one])).values()];
}
