import type { Package } from '#catalog/index.ts';

/** A package and the name by which the rest of the document points at it. */
export interface Referenced {
  readonly package: Package;
  /** Its package URL; where several packages have the same one, all but the first get a number. */
  readonly ref: string;
}

/** Packages in an order that does not depend on how they were found. */
export function referenced(packages: readonly Package[]): readonly Referenced[] {
  const keyed = packages.map((one) => ({ one, key: [one.purl, String(one.layer).padStart(4, '0'), ...one.paths] }));
  const ordered = keyed.map(({ one, key }) => ({ one, key: key.join('\0') })).toSorted(byKey);
  const taken = new Set(packages.map(({ purl }) => purl));
  const numbers = new Map<string, number>();
  return ordered.map(({ one }) => {
    let number = (numbers.get(one.purl) ?? 0) + 1;
    // A package URL may itself end like a numbered one.
    while (number > 1 && taken.has(`${one.purl}#${number}`)) number += 1;
    numbers.set(one.purl, number);
    return { package: one, ref: number === 1 ? one.purl : `${one.purl}#${number}` };
  });
}

function byKey(left: { readonly key: string }, right: { readonly key: string }): number {
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0;
}
