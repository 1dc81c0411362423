import type { Ledger } from '#admission/contract.ts';

const [minute, hour, day] = [60_000, 60 * 60_000, 24 * 60 * 60_000];
/** Milliseconds by which console and host may differ. */
const tolerance = 2 * minute;

/**
 * Says that the host's clock does not go with its ledger, as `native/runtime-wrapper/clock-words.c` says it: a wrong clock
 * must not look like a missing ledger. `undefined` where it does.
 */
export function clockWords(
  { issuedAt, expiresAt }: Pick<Ledger, 'issuedAt' | 'expiresAt'>,
  now: Date,
): string | undefined {
  const [issued, expires, time] = [Date.parse(issuedAt), Date.parse(expiresAt), now.getTime()];
  const says = `The clock of this host says ${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  if (time + tolerance < issued)
    return `${says}, ${span(issued - time)} before its admission ledger was made, so the clock is wrong. Check it: timedatectl.`;
  if (time < expires) return undefined;
  return `${says}, ${span(time - expires)} beyond the end of its admission ledger. Check the clock: timedatectl. If it is right, the console has given no other ledger since.`;
}

/**
 * Says that the host's clock is before the time at which the authority was made that this agent trusts: no connection to
 * its console can be made then. `undefined` where it is not.
 */
export function clockBeforeAuthority(validFrom: Date, now: Date): string | undefined {
  if (now.getTime() + tolerance >= validFrom.getTime()) return undefined;
  const says = `The clock of this host says ${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `${says}, ${span(validFrom.getTime() - now.getTime())} before its console’s authority was made, so the clock is wrong and no console is reached. Check it: timedatectl.`;
}

function span(milliseconds: number): string {
  if (milliseconds < 2 * hour) return `${Math.floor(milliseconds / minute)} min`;
  if (milliseconds < 2 * day) return `${Math.floor(milliseconds / hour)} hours`;
  return `${Math.floor(milliseconds / day)} days`;
}
