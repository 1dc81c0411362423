import type { FactClass, Entry, EntrySource, EntryState } from './contract.ts';
import { decodeHours, encodeHours, mergeRings } from './hours.ts';

const longestDays = 60;

/** From what weighs least to what weighs most. */
const classes: readonly FactClass[] = ['benign', 'notable', 'forbidden'];
const sources: readonly EntrySource[] = ['inherited', 'learned', 'static', 'user'];

type Decided = Pick<Entry, 'state' | 'source' | 'decidedBy' | 'decidedAt'>;

/**
 * What two reports say of one line. Associative, commutative and idempotent: times widen, hours and days unite, the graver
 * class holds, and so does the later word of a person.
 */
export function mergeEntries(left: Entry, right: Entry): Entry {
  const why = least(left.why, right.why);
  const confidence = Math.max(left.confidence ?? 0, right.confidence ?? 0);
  const first = least(left.firstSeenAt, right.firstSeenAt);
  const last = most(left.lastSeenAt, right.lastSeenAt);
  const claimedBy = claimOf(left, right);
  return {
    key: left.key,
    fact: left.fact,
    class: highest(classes, left.class, right.class),
    ...mergeDecisions(left, right),
    boot: encodeHours(mergeRings(decodeHours(left.boot), decodeHours(right.boot))),
    run: encodeHours(mergeRings(decodeHours(left.run), decodeHours(right.run))),
    ...(first === undefined ? {} : { firstSeenAt: first }),
    ...(last === undefined ? {} : { lastSeenAt: last }),
    days: mergeDays(left.days, right.days),
    ...(why === undefined ? {} : { why }),
    ...(confidence === 0 ? {} : { confidence }),
    ...(claimedBy === undefined ? {} : { claimedBy }),
  };
}

/** What one report was checked by is no mere claim any more. */
function claimOf(left: Entry, right: Entry): string | undefined {
  return left.claimedBy === undefined || right.claimedBy === undefined
    ? undefined
    : least(left.claimedBy, right.claimedBy);
}

/** Days in ascending order, the newest 60. */
export function mergeDays(left: readonly number[], right: readonly number[]): readonly number[] {
  if (right.every((day) => left.includes(day))) return left;
  return [...new Set([...left, ...right])].toSorted((one, other) => one - other).slice(-longestDays);
}

/**
 * What both states amount to while no person decided. `unconfirmed` (seen, not corroborated) and `pending` (trusted before,
 * not seen since) together are `confirmed`; what waits for a person goes on waiting.
 */
export function joinStates(left: EntryState, right: EntryState): EntryState {
  if (left === right) return left;
  const either = (state: EntryState): boolean => left === state || right === state;
  if (either('denied')) return 'denied';
  if (either('review')) return 'review';
  if (either('confirmed')) return 'confirmed';
  if (either('graveyard')) return left === 'graveyard' ? right : left;
  return 'confirmed';
}

function mergeDecisions(left: Entry, right: Entry): Decided {
  const winner = laterDecision(left, right);
  if (winner === undefined)
    return { state: joinStates(left.state, right.state), source: highest(sources, left.source, right.source) };
  const { state, source, decidedBy, decidedAt } = winner;
  return {
    state,
    source,
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(decidedAt === undefined ? {} : { decidedAt }),
  };
}

function laterDecision(left: Entry, right: Entry): Decided | undefined {
  if (left.decidedAt === undefined) return right.decidedAt === undefined ? undefined : right;
  if (right.decidedAt === undefined) return left;
  return decisionOrder(left) < decisionOrder(right) ? right : left;
}

/** At the same moment a refusal holds against a permission, so that both orders end alike. */
function decisionOrder({ decidedAt = '', state, source, decidedBy = '' }: Decided): string {
  const refusal = state === 'denied' ? 1 : 0;
  return [new Date(decidedAt).toISOString(), refusal, state, source, decidedBy].join(' ');
}

function highest<Value>(order: readonly Value[], left: Value, right: Value): Value {
  return order.indexOf(left) < order.indexOf(right) ? right : left;
}

function least(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left <= right ? left : right;
}

function most(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left >= right ? left : right;
}
