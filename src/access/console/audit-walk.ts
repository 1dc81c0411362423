import type { Keyed } from '#store/index.ts';
import type { AcceptedRestore, AuditEntry, ChainStart } from '../contract.ts';
import { digestWith, hashOfEntry, keyIdOf, type Link } from './audit-hash.ts';

/** An entry, and which key its hash is made with; null: none. */
export interface WalkedEntry {
  readonly entry: AuditEntry;
  readonly keyedBy: string | null;
}

export interface Break {
  readonly sequence: number;
  readonly reason: string;
}

/** Follows a chain entry by entry. */
export interface Walk {
  /** Takes the next entry; answers where the chain is broken, if it is. */
  next(walked: WalkedEntry): Break | undefined;
  /** What is wrong with the trail as a whole, once every entry was taken. */
  end(): Break | undefined;
  taken(): Taken;
}

/** What was taken so far. */
export interface Taken {
  readonly entries: number;
  readonly last: Link & { readonly at?: string };
  /** Where a keyed entry vouches for entries that the key of now cannot prove. */
  readonly starts: readonly ChainStart[];
  /** Where an entry by the key of now acknowledges that an older copy was restored. */
  readonly restores: readonly AcceptedRestore[];
}

/** Actions of entries that vouch for what stands before them. */
const startActions = ['audit-sealed', 'keys-reset'] as const;

/**
 * Begins to follow a chain after `start`. Each entry is proven by the key of now, or stands before an entry that is
 * and that names its hash: entries from before the trail was keyed, or from before the keys were discarded. Where old
 * entries were pruned, an entry tells of it.
 */
export function walkFrom(start: Link, keyed: Keyed): Walk {
  const present = keyIdOf(keyed);
  const starts: ChainStart[] = [];
  const restores: AcceptedRestore[] = [];
  let last: Link & { readonly at?: string } = start;
  let entries = 0;
  let unproven: AuditEntry | undefined;
  let isProven = false;
  let isPruningReported = start.sequence === 0;
  let digest = '';

  const breakAt = ({ entry, keyedBy }: WalkedEntry): string | undefined => {
    const gap = gapOf(entry, last);
    if (gap !== undefined) return gap;
    if (keyedBy !== present && isProven) return `${named(entry)} is not keyed by the key of this console.`;
    if (keyedBy !== null && keyedBy !== present) return undefined;
    const wanted = hashOfEntry(entry, last.hash, keyedBy === null ? undefined : keyed);
    if (entry.hash !== wanted)
      return `The hash of ${named(entry)} does not follow: it, or the one before, was changed.`;
    return keyedBy === present && unproven !== undefined ? vouchFor(entry) : undefined;
  };

  /** The first entry by the key of now, whose hash holds that of the one before it, has to be one that vouches. */
  const vouchFor = (entry: AuditEntry): string | undefined => {
    const kind = startActions.find((action) => action === entry.action);
    const { from, digest: written } = entry.detail ?? {};
    if (kind === undefined)
      return `No entry by the key of this console vouches for the entries before ${named(entry)}.`;
    if (kind === 'keys-reset' && from === start.sequence + 1 && written !== digest)
      return `The entries before ${named(entry)} were changed since the keys were discarded.`;
    starts.push({ sequence: entry.sequence, at: entry.at, kind, through: last.sequence });
    unproven = undefined;
    return undefined;
  };

  return {
    next: (walked) => {
      const { entry, keyedBy } = walked;
      const reason = breakAt(walked);
      if (reason !== undefined) return { sequence: Math.min(entry.sequence, last.sequence + 1), reason };
      if (keyedBy === present) {
        isProven = true;
        restores.push(...restoreIn(entry));
      } else unproven ??= entry;
      if (!isProven) digest = digestWith(digest, entry);
      isPruningReported ||= reportsOf(entry, start);
      last = { sequence: entry.sequence, hash: entry.hash, at: entry.at };
      entries++;
      return undefined;
    },
    end: () => {
      if (unproven !== undefined) return unvouched(unproven);
      if (entries === 0) return { sequence: start.sequence + 1, reason: 'The trail holds no entry.' };
      return isPruningReported ? undefined : unreportedPruning(start);
    },
    taken: () => ({ entries, last, starts, restores }),
  };
}

function unvouched(entry: AuditEntry): Break {
  const reason = `${named(entry)} and what follows is not keyed by the key of this console, and nothing vouches for it.`;
  return { sequence: entry.sequence, reason };
}

function unreportedPruning({ sequence }: Link): Break {
  const reason = `The trail begins after entry ${sequence}, but no entry tells that those before were pruned.`;
  return { sequence, reason };
}

function gapOf(entry: AuditEntry, last: Link): string | undefined {
  if (entry.sequence <= last.sequence)
    return `The trail was pruned up to ${last.sequence}, but ${named(entry)} is there.`;
  if (entry.sequence > last.sequence + 1) return `Entry ${last.sequence + 1} is missing; the next is ${named(entry)}.`;
  return undefined;
}

function reportsOf({ action, detail }: AuditEntry, start: Link): boolean {
  return action === 'audit-pruned' && detail?.['through'] === start.sequence;
}

function restoreIn({ sequence, at, action, detail }: AuditEntry): readonly AcceptedRestore[] {
  const { after, through } = detail ?? {};
  const isOne = action === 'restore-accepted' && typeof after === 'number' && typeof through === 'number';
  return isOne ? [{ sequence, at, after, through }] : [];
}

function named({ sequence, at, action }: AuditEntry): string {
  return `entry ${sequence} of ${at}, "${action.slice(0, 64)}"`;
}
