import { anyApplet } from './applet.ts';
import type { Fact, Item, ProcessFact } from './contract.ts';
import { itemKeyOf } from './item-key.ts';
import { isMultiCall } from './programs.ts';

/**
 * What was learned of a program before its applets were recorded holds for every applet, until the same is seen again with
 * its applet. This key of a fact with an applet is that of the entry before; `undefined`: it has none.
 */
export function keyBeforeApplets(fact: Fact): string | undefined {
  return fact.dimension === 'process' && fact.applet !== undefined ? itemKeyOf(withoutApplet(fact)) : undefined;
}

/** The fact as it was stated before applets were recorded. */
export function withoutApplet(stated: ProcessFact): ProcessFact {
  const { applet: _, ...fact } = stated;
  return fact;
}

/** Entries without those whose place was taken by one of a single applet that is in the model. What a person decided stays. */
export function currentItems(items: readonly Item[]): readonly Item[] {
  const taken = new Set(items.flatMap((item) => (isInModel(item) ? (keyBeforeApplets(item.fact) ?? []) : [])));
  if (taken.size === 0) return items;
  return items.filter((item) => item.decidedAt !== undefined || !taken.has(item.key));
}

/** Why an entry holds for every applet of its program; `undefined` where it does not, or the program has none. */
export function anyAppletOf({ fact, decidedAt }: Item): Item['anyApplet'] {
  if (fact.dimension !== 'process' || fact.origin !== undefined) return undefined;
  if (fact.applet === anyApplet) return 'too-many';
  if (fact.applet !== undefined || !isMultiCall(fact.path)) return undefined;
  return decidedAt === undefined ? 'learned-before' : 'decided';
}

function isInModel({ state }: Item): boolean {
  return state === 'confirmed' || state === 'pending';
}
