import type { Package } from '#catalog/index.ts';
import type { PackageRow } from '../contract.ts';

/** A package as its list shows it; what is found in it and whether it is in use is added when it is asked for. */
export type CatalogPackage = Omit<PackageRow, 'counts' | 'inUse'>;

/** One entry for each package URL and layer, by name. Copies at several paths are one. */
export function packageRows(packages: readonly Package[]): readonly CatalogPackage[] {
  const entries = [...Map.groupBy(packages, packageKey).values()].flatMap(rowOf);
  return entries.toSorted(compareEntries);
}

/** Matching names a package by its URL and layer. */
function packageKey(thing: { readonly purl: string; readonly layer: number }): string {
  return `${thing.layer} ${thing.purl}`;
}

function rowOf(copies: readonly Package[]): readonly CatalogPackage[] {
  const [first] = copies;
  if (first === undefined) return [];
  const owner = copies.find((copy) => copy.ownedBy !== undefined)?.ownedBy;
  return [
    {
      name: first.name,
      version: first.version,
      type: first.type,
      purl: first.purl,
      layer: first.layer,
      paths: [...new Set(copies.flatMap((copy) => copy.paths))].toSorted(),
      fileCount: new Set(copies.flatMap((copy) => copy.files)).size,
      foundBy: `${first.foundBy.analyzer}: ${first.foundBy.evidence}`,
      ...(owner === undefined ? {} : { ownedBy: owner }),
      licenses: [...new Set(copies.flatMap((copy) => copy.licenses))],
    },
  ];
}

function compareEntries(left: CatalogPackage, right: CatalogPackage): number {
  return compareText(left.name, right.name) || compareText(left.purl, right.purl) || left.layer - right.layer;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
