import { createHash } from 'node:crypto';
import type { Catalog } from '../contract.ts';
import { executablesAnalyzer } from '../executables/analyzer.ts';

/** What scans of one image are compared by. */
export interface ContentDigests {
  /** By what it was read, and which kinds of faults kept it from seeing all: only scans with the same can be compared. */
  readonly basis: string;
  /** What it found: packages with the layer of each, and the distribution. Paths and moments are left out. */
  readonly content: string;
}

export function contentDigests(catalog: Catalog): ContentDigests {
  const faults = [...new Set(catalog.faults.map(({ code }) => code))].toSorted();
  const { distribution } = catalog;
  return {
    basis: digestOf([analyzersKey(readersOf(catalog.analyzers)), faults]),
    content: digestOf([distribution?.id ?? '', distribution?.version ?? '', linesOf(catalog).toSorted()]),
  };
}

/** Package URLs that one of two catalogs holds and the other does not, or holds in another layer; the first of them. */
export function differingPackages(catalogs: readonly [Catalog, Catalog], most: number): readonly string[] {
  const [left, right] = [new Set(linesOf(catalogs[0])), new Set(linesOf(catalogs[1]))];
  const only = [...left].filter((line) => !right.has(line));
  const lines = [...only, ...[...right].filter((line) => !left.has(line))].toSorted();
  return [...new Set(lines.map((line) => line.split(' ')[0] ?? line))].slice(0, most);
}

/** Those that find what contents are compared by: a scan that hashed nothing besides must not escape comparison. */
function readersOf(analyzers: Catalog['analyzers']): Catalog['analyzers'] {
  return analyzers.filter(({ id }) => id !== executablesAnalyzer.id);
}

/** Names the analyzers that read a subject, in any order. */
export function analyzersKey(analyzers: Catalog['analyzers']): string {
  return analyzers
    .map(({ id, version }) => `${id} ${version}`)
    .toSorted()
    .join('\n');
}

/** A package URL holds no blank. */
function linesOf({ packages }: Catalog): readonly string[] {
  return packages.map(({ purl, layer }) => `${purl.replaceAll(' ', '%20')} ${layer}`);
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
