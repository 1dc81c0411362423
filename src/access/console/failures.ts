import type { Kysely } from 'kysely';
import { AppError } from '#base/index.ts';
import type { Transaction } from '#store/index.ts';
import { forgetOld } from './attempts.ts';
import { type AuditRecord, audit } from './audit.ts';
import type { Dependencies } from './dependencies.ts';
import { type AccessTables, accessSchema } from './schema.ts';

const quarter = 15 * 60_000;
/** So many failures in a quarter of an hour are told one by one; of a flood only each tenth, hundredth … */
const reportedSingly = 100;

/** Who tried: an address, and the name when one was given. */
export interface Failed {
  readonly ip: string;
  readonly by: 'link' | 'password' | 'provider';
  readonly name?: string;
  /** Wrong passwords of the same network or browser that still count. */
  readonly failures?: number;
}

/** Tells log and trail without secrets that a sign-in failed, and gives the error to throw. */
export async function noteFailure(dependencies: Dependencies, failed: Failed): Promise<AppError> {
  const { by, ip, failures } = failed;
  const now = dependencies.clock();
  await dependencies.store.transaction(async (transaction) => {
    await forgetOld(transaction, now);
    const all = await countFailure(transaction, now);
    if (all > reportedSingly && !Number.isInteger(Math.log10(all))) return;
    await audit(transaction, {
      actor: { kind: 'system', id: 'stranger', name: 'somebody unknown' },
      address: ip,
      action: 'sign-in-failed',
      ...(await knownUser(transaction.query(accessSchema), failed)),
      detail: { by, failures, ofAllAddresses: all },
    });
  });
  dependencies.log.warn({ by, ip }, 'A sign-in failed.');
  return new AppError('bad-credentials', refusals[by]);
}

/** Failures of all addresses in this quarter of an hour, this one included. */
async function countFailure(transaction: Transaction, now: Date): Promise<number> {
  const source = `all:${Math.floor(now.getTime() / quarter)}`;
  const { level } = await transaction
    .query(accessSchema)
    .insertInto('sign_in_delay')
    .values({ source, level: 1, at: now, until: now })
    .onConflict((conflict) =>
      conflict.column('source').doUpdateSet(({ eb }) => ({ level: eb('sign_in_delay.level', '+', 1), at: now })),
    )
    .returning('level')
    .executeTakeFirstOrThrow();
  return level;
}

/** Only a name that exists is told: people type passwords into the wrong field. */
async function knownUser(table: Kysely<AccessTables>, { name }: Failed): Promise<Pick<AuditRecord, 'target'>> {
  if (name === undefined) return {};
  const user = await table.selectFrom('user').select(['id', 'name']).where('name', '=', name).executeTakeFirst();
  return user === undefined ? {} : { target: { kind: 'user', ...user } };
}

const refusals = {
  link: 'The sign-in link is used up, expired or wrong.',
  password: 'Name or password are wrong.',
  provider: 'The answer of the provider does not hold.',
} as const;
