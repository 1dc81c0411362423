import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { expect } from 'vitest';
import { wholeFeeds } from '../../test/needs.ts';
import type { VersionScheme } from './scheme.ts';

/** Folder with the whole feeds, which a test that reads them declares as a need. */
export const feeds = wholeFeeds() ?? '';

interface OsvEvent {
  readonly introduced?: string;
  readonly fixed?: string;
  readonly last_affected?: string;
}

interface OsvRecord {
  readonly affected?: readonly {
    readonly package?: { readonly ecosystem: string; readonly name: string };
    readonly ranges?: readonly { readonly events: readonly OsvEvent[] }[];
    readonly versions?: readonly string[];
  }[];
}

/** Every bound and enumerated version that a dump states, by package. */
export function versionsInFeed(folder: string, family: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  const text = new TextDecoder();
  for (const content of Object.values(unzipSync(readFileSync(join(feeds, folder, 'all.zip'))))) {
    const record = JSON.parse(text.decode(content)) as OsvRecord;
    for (const affected of record.affected ?? []) {
      if (affected.package === undefined || affected.package.ecosystem.split(':')[0] !== family) continue;
      const versions = found.get(affected.package.name) ?? new Set();
      const events = (affected.ranges ?? []).flatMap((range) => range.events.flatMap((event) => Object.values(event)));
      for (const version of [...events, ...(affected.versions ?? [])]) versions.add(String(version));
      found.set(affected.package.name, versions);
    }
  }
  return new Map([...found].map(([name, versions]) => [name, [...versions].filter((version) => version !== '0')]));
}

/** Pairs of versions of one package, each with its neighbours in the feed's order. */
export function neighbours(versions: ReadonlyMap<string, readonly string[]>): readonly (readonly [string, string])[] {
  return [...versions.values()].flatMap((list) =>
    list.slice(1).map((version, index) => [list[index] ?? version, version] as const),
  );
}

/** The same pairs at every run: `count` drawn from two arbitraries with a fixed seed. */
export function drawPairs(version: fc.Arbitrary<string>, count: number): readonly (readonly [string, string])[] {
  const close = fc.tuple(version, version).map(([start, end]) => [start, start + end] as const);
  return fc.sample(fc.oneof(fc.tuple(version, version), close), { numRuns: count, seed: 20260101 });
}

/** What every order must hold: reflexive, antisymmetric, transitive. */
export function expectTotalOrder(scheme: VersionScheme, version: fc.Arbitrary<string>): void {
  const sign = (left: string, right: string): number => Math.sign(scheme.compare(left, right) ?? Number.NaN);
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(sign(a, a)).toBe(0);
      expect(sign(a, b)).toBe(0 - sign(b, a));
      const [low, middle, high] = [a, b, c].sort(sign) as [string, string, string];
      expect(sign(low, middle)).toBeLessThanOrEqual(0);
      expect(sign(middle, high)).toBeLessThanOrEqual(0);
      expect(sign(low, high)).toBeLessThanOrEqual(0);
      if (sign(low, middle) === 0 && sign(middle, high) === 0) expect(sign(low, high)).toBe(0);
    }),
    { numRuns: 5000 },
  );
}

/** Pieces put together in every way, for versions nastier than any feed holds. */
export function fromPieces(pieces: readonly string[], maxLength = 6): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength }).map((list) => list.join(''));
}
