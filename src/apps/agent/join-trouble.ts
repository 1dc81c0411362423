import type { AppError } from '#base/index.ts';

/** Why the console cannot be joined yet, as sentences. A certificate out of its time means a clock that is wrong. */
export function joinTrouble(error: AppError): string {
  const codes = causesOf(error).map((one) => (one as NodeJS.ErrnoException).code);
  const isOfClock = codes.includes('CERT_NOT_YET_VALID') || codes.includes('CERT_HAS_EXPIRED');
  const clock = isOfClock
    ? ' The clock of this host or of the console is wrong, or was when the console first started. Compare both: timedatectl.'
    : '';
  return `${error.message.replace(/\.?$/, '.')}${clock} It is tried again until it answers.`;
}

function causesOf(error: unknown): readonly unknown[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
