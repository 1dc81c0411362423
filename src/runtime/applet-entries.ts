import { anyApplet } from './applet.ts';
import type { Fact, Entry, ProcessFact } from './contract.ts';
import { entryKeyOf } from './entry-key.ts';
import { isMultiCall } from './programs.ts';

/**
 * What was learned of a program before its applets were recorded holds for every applet, until the same is seen again with
 * its applet. This key of a fact with an applet is that of the entry before; `undefined`: it has none.
 */
export function keyBeforeApplets(fact: Fact): string | undefined {
  return fact.dimension === 'process' && fact.applet !== undefined ? entryKeyOf(withoutApplet(fact)) : undefined;
}

/** The fact as it was stated before applets were recorded. */
export function withoutApplet(stated: ProcessFact): ProcessFact {
  const { applet: _, ...fact } = stated;
  return fact;
}

/** Entries without those whose place was taken by one of a single applet that is in the model. What a person decided stays. */
export function currentEntries(items: readonly Entry[]): readonly Entry[] {
  const taken = new Set(items.flatMap((entry) => (isInModel(entry) ? (keyBeforeApplets(entry.fact) ?? []) : [])));
  if (taken.size === 0) return items;
  return items.filter((entry) => entry.decidedAt !== undefined || !taken.has(entry.key));
}

/** Why an entry holds for every applet of its program; `undefined` where it does not, or the program has none. */
export function anyAppletOf({ fact, decidedAt }: Entry): Entry['anyApplet'] {
  if (fact.dimension !== 'process' || fact.origin !== undefined) return undefined;
  if (fact.applet === anyApplet) return 'too-many';
  if (fact.applet !== undefined || !isMultiCall(fact.path)) return undefined;
  return decidedAt === undefined ? 'learned-before' : 'decided';
}

function isInModel({ state }: Entry): boolean {
  return state === 'confirmed' || state === 'pending';
}
