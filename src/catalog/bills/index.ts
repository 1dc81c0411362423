import { AppError, parseJsonWithin } from '#base/index.ts';
import { type Distribution, isSystemPackage } from '#ecosystems/index.ts';
import type { Fault } from '#image/index.ts';
import type { Catalog, Package } from '../contract.ts';
import { purlOf } from '../purl.ts';
import type { Bill, Component } from './bill.ts';
import { readCycloneDx } from './cyclonedx.ts';
import { distributionsOf } from './distribution.ts';
import { type BilledPackage, packageOf } from './packages.ts';
import { readSpdx } from './spdx.ts';

export { familyOf } from './families.ts';

/** Of a bill of 100,000 packages with all that tools say of each. */
const limits = { bytes: 128 * 1024 ** 2, tokens: 8_000_000, depth: 64 };
/** As many as a catalog holds. */
const mostPackages = 200_000;
/** Faults that are told one by one. */
const mostNamed = 20;

/**
 * The catalog of a bill of materials: its package URLs, and what it says of distribution, sources and places. It is believed
 * in what it lists; what cannot be read, or what it says it does not list, is a fault. Throws `target-corrupt` when it is no
 * bill of a known version.
 */
export function catalogOfBill(bytes: Uint8Array): Catalog {
  const bill = read(bytes);
  const unique = new Map<string, BilledPackage>();
  const unnamed: Component[] = [];
  for (const component of bill.components) {
    const one = component.isUnidentified === true ? undefined : packageOf(component, bill.format);
    if (one === undefined) unnamed.push(component);
    else if (unique.size < mostPackages) unique.set(keyOf(one), one);
  }
  const billed = [...unique.values()];
  const { distribution, faults: ofSystem } = distributionsOf(bill, billed);
  return {
    ...(distribution && { distribution }),
    packages: withOwners(billed, distribution),
    faults: [...gapsOf(bill), ...ofSystem, ...sourceFaults(billed), ...unreadable(bill, unnamed), ...nothing(billed)],
    analyzers: [{ id: 'sbom', version: 1 }],
  };
}

function read(bytes: Uint8Array): Bill {
  const json = parseJsonWithin(bytes, limits);
  if (json.kind !== 'read')
    throw new AppError('target-corrupt', `The bill of materials is not read: ${json.why}.`, {
      next: 'Write it as JSON; XML and tag-value are not read. Leave single files out of it.',
    });
  const bill = readCycloneDx(json.value) ?? readSpdx(json.value);
  if (bill !== undefined) return bill;
  throw new AppError('target-corrupt', 'The file is no bill of materials in a version that is read.', {
    next: 'Write it as CycloneDX 1.2 to 1.7 or SPDX 2.2 or 2.3, as JSON.',
  });
}

/** The same package at other places is one component of several tools, and several of others. */
function keyOf({ package: one }: BilledPackage): string {
  return JSON.stringify([one.purl, one.paths[0]]);
}

/** Package URLs as a scan of the image would make them, so that findings of both are the same. */
function withOwners(billed: readonly BilledPackage[], distribution: Distribution | undefined): readonly Package[] {
  const systems = new Map(
    billed
      .filter(isSystem)
      .map(({ package: one, component: { purl } }) => [
        purl ?? '',
        distribution === undefined ? one.purl : purlOf(one, distribution),
      ]),
  );
  return billed.map(({ package: one, component: { purl, ownedBy } }) => {
    const own = isSystemPackage(one) ? systems.get(purl ?? '') : undefined;
    if (own !== undefined) return { ...one, purl: own };
    const owner = systems.get(ownedBy ?? '');
    return owner === undefined ? one : { ...one, ownedBy: owner };
  });
}

function isSystem({ package: one }: BilledPackage): boolean {
  return isSystemPackage(one);
}

function gapsOf({ gaps }: Bill): readonly Fault[] {
  return counted(
    'incomplete-bill',
    gaps.map((gap) => gap.slice(0, 2000)),
    'gaps that the bill names',
  );
}

/** Tools leave the source out where it is called like the package; that none is named at all says something else. */
function sourceFaults(billed: readonly BilledPackage[]): readonly Fault[] {
  const systems = billed.filter(isSystem);
  if (systems.length === 0 || systems.some(({ hasSource }) => hasSource)) return [];
  const message = `No source is named of ${systems.length} packages of the operating system; each is compared by its own name.`;
  return [{ code: 'unnamed-source', message }];
}

function unreadable({ unreadable: odd, components }: Bill, unnamed: readonly Component[]): readonly Fault[] {
  const messages = unnamed.map(({ name, purl }) =>
    purl === undefined
      ? `${name.slice(0, 200)} has no package URL.`
      : `${name.slice(0, 200)} has a package URL that names no package: ${purl.slice(0, 300)}`,
  );
  const left = Math.max(0, components.length - unnamed.length - mostPackages);
  return [
    ...counted('unreadable-component', messages, 'components without a package URL'),
    ...(odd === 0
      ? []
      : [{ code: 'unreadable-component', message: 'Entries are no components.', count: odd } as const]),
    ...(left === 0
      ? []
      : [{ code: 'entry-limit', message: `More than ${mostPackages} packages.`, count: left } as const]),
  ];
}

function nothing(billed: readonly BilledPackage[]): readonly Fault[] {
  if (billed.length > 0) return [];
  return [{ code: 'nothing-recognised', message: 'The bill of materials lists no package.' }];
}

/** The first of them by name, the rest by their number. */
function counted(code: Fault['code'], messages: readonly string[], what: string): readonly Fault[] {
  const more = messages.length - mostNamed;
  return [
    ...messages.slice(0, mostNamed).map((message): Fault => ({ code, message })),
    ...(more > 0 ? [{ code, message: `${more} more ${what}.`, count: more }] : []),
  ];
}
