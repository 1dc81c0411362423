import type { ReplyOf } from '#http/index.ts';
import type { getProtection } from '#runtime/contract.ts';
import type { MarkState } from '../../ui/state-mark.tsx';
import { notProtected } from '../sensor/protection-words.ts';

/** What the page Incidents goes by where none is open. */
export interface NoneOpenContext {
  /** Missing: it could not be read. */
  readonly protection: Pick<ReplyOf<typeof getProtection>, 'all' | 'preventing'> | undefined;
  /** Incidents that are acknowledged and not closed. */
  readonly acknowledged: number;
}

/**
 * What the list of open incidents is worth while it is empty. `unread`: the console did not answer; `nothing-runs`: no
 * container runs; `unwatched`: no sensor watches any; `unknown`: some are of unknown protection.
 */
export interface NoneOpen {
  readonly kind: 'unread' | 'nothing-runs' | 'unwatched' | 'unknown' | 'lacking' | 'acknowledged' | 'none';
  readonly state: MarkState;
  readonly number: number;
}

/** An empty list is evidence only for containers that a sensor watches and that are protected as their rules ask. */
export function noneOpen({ protection, acknowledged }: NoneOpenContext): NoneOpen {
  if (protection === undefined) return { kind: 'unread', state: 'unknown', number: 0 };
  const { unknown, ...known } = protection.all;
  const watched = Object.values(known).reduce((sum, one) => sum + one, 0);
  if (unknown > 0) return { kind: watched === 0 ? 'unwatched' : 'unknown', state: 'unknown', number: unknown };
  if (watched === 0) return { kind: 'nothing-runs', state: 'unknown', number: 0 };
  const lacking = notProtected(protection.preventing);
  if (lacking > 0) return { kind: 'lacking', state: 'fail', number: lacking };
  if (acknowledged > 0) return { kind: 'acknowledged', state: 'partly', number: acknowledged };
  return { kind: 'none', state: 'pass', number: 0 };
}
