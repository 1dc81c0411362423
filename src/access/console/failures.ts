import { AppError } from '#base/index.ts';
import type { Parts } from './parts.ts';
import { accessSchema } from './schema.ts';

const minutes = 60_000;
const span = 15 * minutes;
const perAddress = 10;
/** Higher, so that one stranger cannot keep a user from signing in for long; links are not counted by name. */
const perName = 100;

/** Who tries: an address, and the name when one was given. */
export interface Attempt {
  readonly ip: string;
  readonly name?: string;
}

/** Throws `AppError` `too-many-requests` after too many failures in 15 minutes, counted for all consoles together. */
export async function checkFailures({ store, clock }: Parts, attempt: Attempt): Promise<void> {
  const since = new Date(clock().getTime() - span);
  const rows = await store
    .query(accessSchema)
    .selectFrom('failure')
    .select(({ fn }) => ['source', fn.countAll<number>().as('failures')])
    .where('source', 'in', sourcesOf(attempt))
    .where('at', '>', since)
    .groupBy('source')
    .execute();
  const blocked = rows.some(({ source, failures }) => failures >= (source.startsWith('name:') ? perName : perAddress));
  if (!blocked) return;
  throw new AppError('too-many-requests', 'Too many sign-ins failed.', {
    next: 'Wait 15 minutes, or run `seawall console --sign-in-link` on the machine of the console.',
  });
}

/** Counts a failure, writes it to the log without secrets, and gives the error to throw. */
export async function noteFailure(parts: Parts, attempt: Attempt, by: 'link' | 'password'): Promise<AppError> {
  const at = parts.clock();
  const table = parts.store.query(accessSchema);
  await table
    .deleteFrom('failure')
    .where('at', '<=', new Date(at.getTime() - span))
    .execute();
  await table
    .insertInto('failure')
    .values(sourcesOf(attempt).map((source) => ({ source, at })))
    .execute();
  parts.log.warn({ audit: 'sign-in-failed', by, ip: attempt.ip }, 'A sign-in failed.');
  return new AppError('bad-credentials', refusals[by]);
}

const refusals = {
  link: 'The sign-in link is used up, expired or wrong.',
  password: 'Name or password are wrong.',
} as const;

function sourcesOf({ ip, name }: Attempt): string[] {
  return [`address:${ip}`, ...(name === undefined ? [] : [`name:${name}`])];
}
