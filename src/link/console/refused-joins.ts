import { sql } from 'kysely';
import { audit } from '#access/console/index.ts';
import type { Transaction } from '#store/index.ts';
import { claimRefused } from './facts.ts';
import type { Dependencies } from './dependencies.ts';
import { linkSchema } from './schema.ts';

/** A refused join is counted so long before it stands in the audit trail again. */
const window = 24 * 60 * 60_000;
/** Different refused joins that are told apart within that time: anybody may try. */
const most = 200;

/** A join that was refused. */
export interface RefusedJoin {
  /** That it asked for. */
  readonly name: string;
  /** Of the secret that it showed. */
  readonly hash: Buffer;
  readonly reason: string;
  readonly address: string;
}

/**
 * Keeps a refused join in the audit trail, the same one once a day with the number of those before. Whoever showed a
 * token that exists claimed what it does not allow: that is announced too.
 */
export async function noteRefusedJoin(
  { store, clock }: Pick<Dependencies, 'store' | 'clock'>,
  join: RefusedJoin,
): Promise<void> {
  const now = clock();
  await store.transaction(async (transaction) => {
    await transaction.lock('link refused joins');
    const token = await tokenOf(transaction, join.hash);
    const place = await placeFor(transaction, { token: token?.id ?? '', name: join.name }, now);
    const before = await count(transaction, place, now);
    if (before === undefined) return;
    if (token !== undefined) {
      const reason = `A join by the token ${token.name}: ${join.reason}`;
      await transaction.announce(claimRefused, { host: join.name, reason });
    }
    await audit(transaction, {
      actor: { kind: 'agent', id: 'unknown', name: join.name },
      address: join.address,
      action: 'join-refused',
      target: { kind: 'agent', id: 'unknown', name: join.name },
      detail: {
        reason: join.reason,
        ...(token === undefined ? {} : { joinToken: token.name }),
        ...(before === 0 ? {} : { before }),
      },
    });
  });
}

interface Place {
  readonly token: string;
  readonly name: string;
}

async function tokenOf(transaction: Transaction, hash: Buffer) {
  return transaction
    .query(linkSchema)
    .selectFrom('join_token')
    .select(['id', 'name'])
    .where('secret_hash', '=', hash)
    .executeTakeFirst();
}

/** Beyond the bound all others are one. */
async function placeFor(transaction: Transaction, place: Place, now: Date): Promise<Place> {
  const link = transaction.query(linkSchema);
  const over = new Date(now.getTime() - 2 * window);
  await link.deleteFrom('refused_join').where('since', '<', over).execute();
  const { rows } = await sql<{ known: boolean; kept: number }>`
    select count(*)::int as kept, coalesce(bool_or(token = ${place.token} and name = ${place.name}), false) as known
    from link.refused_join`.execute(link);
  const [{ known, kept } = { known: false, kept: 0 }] = rows;
  return known || kept < most ? place : { token: '', name: '' };
}

/** Gives how often it was refused before when it is to be told again, `undefined` when it is only counted. */
async function count(transaction: Transaction, { token, name }: Place, now: Date): Promise<number | undefined> {
  const link = transaction.query(linkSchema);
  const known = await link
    .selectFrom('refused_join')
    .select(['since', 'count'])
    .where('token', '=', token)
    .where('name', '=', name)
    .executeTakeFirst();
  const isCounted = known !== undefined && now.getTime() - known.since.getTime() < window;
  const row = isCounted ? { since: known.since, at: now, count: known.count + 1 } : { since: now, at: now, count: 1 };
  await link
    .insertInto('refused_join')
    .values({ token, name, ...row })
    .onConflict((conflict) => conflict.columns(['token', 'name']).doUpdateSet(row))
    .execute();
  return isCounted ? undefined : (known?.count ?? 0);
}
