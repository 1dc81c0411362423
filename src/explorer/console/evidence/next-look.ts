import { createHash } from 'node:crypto';

/**
 * Milliseconds after which a place is looked at again whatever happened: for changes that no fact announces. A place has its
 * own time between the two, so that those that were looked at together do not come back together.
 */
const [soonest, latest] = [600_000, 1_200_000];

/** Pure: when a place is looked at next. Moments are those at which time alone may change an answer about it. */
export function nextLook(
  location: string,
  { now, moments }: { readonly now: Date; readonly moments: readonly (Date | undefined)[] },
): Date {
  const share = createHash('sha256').update(location).digest().readUInt16BE() / 0xffff;
  const own = now.getTime() + soonest + share * (latest - soonest);
  let next = own;
  for (const moment of moments) {
    const at = moment?.getTime() ?? Number.NaN;
    if (at >= now.getTime() && at < next) next = at;
  }
  // An answer holds at its last moment, and not after it.
  return new Date(Math.floor(next) + 1);
}
