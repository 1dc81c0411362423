import type { Kysely } from 'kysely';
import { AppError } from '#base/index.ts';
import { type AuditRecord, audit } from './audit.ts';
import type { Dependencies } from './dependencies.ts';
import { type AccessTables, accessSchema } from './schema.ts';

const minutes = 60_000;
const span = 15 * minutes;
const perAddress = 10;
/** Higher, so that one stranger cannot keep a user from signing in for long; links are not counted by name. */
const perName = 100;
/** So many failures in 15 minutes are told one by one; of a flood only each tenth, hundredth … */
const reportedSingly = 100;

/** Who tries: an address, and the name when one was given. */
export interface Attempt {
  readonly ip: string;
  readonly name?: string;
}

/** Throws `AppError` `too-many-requests` after too many failures in 15 minutes, counted for all consoles together. */
export async function checkFailures(dependencies: Dependencies, attempt: Attempt): Promise<void> {
  const counts = await countsOf(dependencies, attempt);
  if (counts.address < perAddress && counts.name < perName) return;
  throw new AppError('too-many-requests', 'Too many sign-ins failed.', {
    next: 'Wait 15 minutes, or run `seawall console --sign-in-link` on the machine of the console.',
  });
}

/** Counts a failure, tells log and trail without secrets, and gives the error to throw. */
export async function noteFailure(
  dependencies: Dependencies,
  attempt: Attempt,
  by: 'link' | 'password' | 'provider',
): Promise<AppError> {
  const at = dependencies.clock();
  await dependencies.store.transaction(async (transaction) => {
    const table = transaction.query(accessSchema);
    await table
      .deleteFrom('failure')
      .where('at', '<=', new Date(at.getTime() - span))
      .execute();
    await table
      .insertInto('failure')
      .values(sourcesOf(attempt).map((source) => ({ source, at })))
      .execute();
    const { address: failures, all } = await countsOf({ ...dependencies, store: transaction }, attempt);
    if (all > reportedSingly && !Number.isInteger(Math.log10(all))) return;
    await audit(transaction, {
      actor: { kind: 'system', id: 'stranger', name: 'somebody unknown' },
      address: attempt.ip,
      action: 'sign-in-failed',
      ...(await knownUser(table, attempt)),
      detail: { by, failures, ofAllAddresses: all },
    });
  });
  dependencies.log.warn({ by, ip: attempt.ip }, 'A sign-in failed.');
  return new AppError('bad-credentials', refusals[by]);
}

/** Only a name that exists is told: people type passwords into the wrong field. */
async function knownUser(table: Kysely<AccessTables>, { name }: Attempt): Promise<Pick<AuditRecord, 'target'>> {
  if (name === undefined) return {};
  const user = await table.selectFrom('user').select(['id', 'name']).where('name', '=', name).executeTakeFirst();
  return user === undefined ? {} : { target: { kind: 'user', ...user } };
}

const refusals = {
  link: 'The sign-in link is used up, expired or wrong.',
  password: 'Name or password are wrong.',
  provider: 'The answer of the provider does not hold.',
} as const;

type Counts = Readonly<Record<'address' | 'name' | 'all', number>>;

async function countsOf(
  { store, clock }: Pick<Dependencies, 'clock'> & { readonly store: Pick<Dependencies['store'], 'query'> },
  attempt: Attempt,
): Promise<Counts> {
  const rows = await store
    .query(accessSchema)
    .selectFrom('failure')
    .select(({ fn }) => ['source', fn.countAll<number>().as('failures')])
    .where('source', 'in', sourcesOf(attempt))
    .where('at', '>', new Date(clock().getTime() - span))
    .groupBy('source')
    .execute();
  const count = (kind: string): number => rows.find(({ source }) => source.split(':')[0] === kind)?.failures ?? 0;
  return { address: count('address'), name: count('name'), all: count('all') };
}

function sourcesOf({ ip, name }: Attempt): string[] {
  return ['all', `address:${ip}`, ...(name === undefined ? [] : [`name:${name}`])];
}
