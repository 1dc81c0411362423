import { AppError, type Environment } from '#base/index.ts';

/** Last second of the year 9999: a document holds no later time. */
const latest = 253_402_300_799;

/** The time that a reproducible build gives its documents: `SOURCE_DATE_EPOCH`, seconds since 1970. Throws `usage`. */
export function sourceDateOf(env: Environment): Date | undefined {
  const written = env['SOURCE_DATE_EPOCH'];
  if (written === undefined || written === '') return undefined;
  if (/^\d{1,12}$/.test(written) && Number(written) <= latest) return new Date(Number(written) * 1000);
  throw new AppError('usage', `SOURCE_DATE_EPOCH=${written.slice(0, 40)} is no number of seconds since 1970.`, {
    next: 'Set it like `git log -1 --format=%ct` prints it, or leave it out.',
  });
}
