/** Milliseconds by which clocks of two machines may differ. */
const tolerance = 120_000;

/**
 * Says that the clock is before the time from which the authority of this console holds: no agent accepts it then. Empty
 * where it is not.
 */
export function clockWords(authorityFrom: Date, now: Date): string {
  if (now.getTime() + tolerance >= authorityFrom.getTime()) return '';
  const [says, made] = [now, authorityFrom].map((time) => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`);
  return [
    `The clock says ${says}, and this console’s authority holds from ${made} on: no agent accepts it before.`,
    'Set the clock right (timedatectl). If it was wrong then, `seawall console --reset-keys` makes new keys, and agents join again.\n\n',
  ].join('\n');
}
