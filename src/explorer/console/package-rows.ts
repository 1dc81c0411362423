import type { Package } from '#catalog/index.ts';
import type { Finding } from '#vulnerability/index.ts';
import type { PackageRow } from '../contract.ts';
import { countFindings } from './severity-counts.ts';

/** A package as its list shows it, in the order of the list. */
export interface PackageEntry {
  readonly package: PackageRow;
  /** Highest risk of a finding that counts; −1 without one. */
  readonly worst: number;
}

/** One entry for each package URL and layer, worst first, then by name. */
export function packageRows(packages: readonly Package[], findings: readonly Finding[]): readonly PackageEntry[] {
  const found = Map.groupBy(findings, placeOf);
  const entries = [...Map.groupBy(packages, placeOf)].flatMap(([place, copies]) =>
    entryOf(copies, found.get(place) ?? []),
  );
  return entries.toSorted(compareEntries);
}

/** Matching names a package by its URL and layer; copies at several paths are one. */
function placeOf(thing: { readonly purl: string; readonly layer: number }): string {
  return `${thing.layer} ${thing.purl}`;
}

function entryOf(copies: readonly Package[], findings: readonly Finding[]): readonly PackageEntry[] {
  const [first] = copies;
  if (first === undefined) return [];
  const owner = copies.find((copy) => copy.ownedBy !== undefined)?.ownedBy;
  const counting = findings.filter((finding) => finding.suppressed === undefined);
  const row: PackageRow = {
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
    counts: countFindings(findings),
  };
  return [{ package: row, worst: Math.max(-1, ...counting.map((finding) => finding.risk.score)) }];
}

function compareEntries(left: PackageEntry, right: PackageEntry): number {
  return (
    right.worst - left.worst ||
    compareText(left.package.name, right.package.name) ||
    compareText(left.package.purl, right.package.purl) ||
    left.package.layer - right.package.layer
  );
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
