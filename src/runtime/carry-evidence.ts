import type { Evidence, Entry, EntryState } from './contract.ts';
import { mergeEvidence } from './evidence.ts';

/** What was seen of one entrypoint of one image in one environment; empty: none. */
export interface PlacedEvidence {
  readonly environment: string;
  readonly evidence: Evidence;
}

/**
 * Evidence of an environment with that of others that count there. What waits for a person there, or is forbidden, does
 * not come along: nobody's review queue is another environment's, and people's decisions stay where they were made.
 */
export function carryEvidence(own: PlacedEvidence, others: readonly PlacedEvidence[]): Evidence {
  return others.reduce((sum, { evidence }) => carried(sum, evidence), own.evidence);
}

function carried(sum: Evidence, from: Evidence): Evidence {
  const items = from.items.filter(isCarried);
  const counted = new Set(items.flatMap(({ key, state }) => (state === 'confirmed' ? [key] : [])));
  return mergeEvidence({ ...sum, items: sum.items.map((entry) => awaited(entry, counted)) }, { ...from, items });
}

const carriedStates: readonly EntryState[] = ['confirmed', 'pending', 'unconfirmed'];

function isCarried({ class: weight, state }: Entry): boolean {
  return weight !== 'forbidden' && carriedStates.includes(state);
}

/** What only waits because it came after the model was active is answered by evidence that counts. */
function awaited(entry: Entry, counted: ReadonlySet<string>): Entry {
  if (entry.state !== 'review' || entry.class === 'forbidden' || !counted.has(entry.key)) return entry;
  const { why: _, ...rest } = entry;
  return { ...rest, state: 'confirmed' };
}

/** Environments in which each entry was seen, by its key, in the order of their names. */
export function seenInOf(all: readonly PlacedEvidence[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const ordered = all.toSorted((left, right) => (left.environment < right.environment ? -1 : 1));
  for (const { environment, evidence } of ordered) {
    if (environment === '') continue;
    for (const { key } of evidence.items) found.set(key, [...(found.get(key) ?? []), environment]);
  }
  return found;
}
