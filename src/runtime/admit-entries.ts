import type { Evidence, Entry } from './contract.ts';
import { limits } from './limits.ts';

/** What may come into a model of a report, and how many entries may not. */
export interface Admitted {
  readonly evidence: Evidence;
  /** Entries that the model has by this report alone. */
  readonly added: number;
  readonly refused: number;
}

/** Bounds on what a host may make a model hold; what it has already always counts. */
export interface Bounds {
  readonly known: Evidence;
  /** Entries that the host brought in before. */
  readonly before: number;
}

/** A report without the entries for which there is no room. */
export function admitEntries(reported: Evidence, { known, before }: Bounds): Admitted {
  const keys = new Set(known.items.map(({ key }) => key));
  let waiting = known.items.filter(waits).length;
  let added = 0;
  const hasRoom = (entry: Entry): boolean => {
    if (keys.has(entry.key)) return true;
    if (before + added >= limits.entriesOfHost.value || keys.size >= limits.entriesOfModel.value) return false;
    if (waits(entry) && waiting >= limits.reviewQueue.value) return false;
    if (waits(entry)) waiting += 1;
    keys.add(entry.key);
    added += 1;
    return true;
  };
  const items = reported.items.filter(hasRoom);
  return { evidence: { ...reported, items }, added, refused: reported.items.length - items.length };
}

function waits({ state }: Entry): boolean {
  return state === 'review';
}
