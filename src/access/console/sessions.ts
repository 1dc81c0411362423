import type { Principal } from '#http/console/index.ts';
import type { Parts } from './parts.ts';
import { accessSchema } from './schema.ts';
import { hashOf, newSecret } from './secret.ts';

export const sessionCookie = 'seawall_session';

const hours = 60 * 60_000;
const longestIdle = 12 * hours;
const longestLife = 7 * 24 * hours;
/** Activity is written down at most this often. */
const renewEvery = 60_000;

/** Seconds after which the browser may forget the cookie. */
export const sessionSeconds = longestLife / 1000;

/** Opens a session for the user and gives its secret, which only the cookie holds. */
export async function openSession({ store, clock, random }: Parts, userId: string): Promise<string> {
  const secret = newSecret(random);
  const now = clock();
  const { idle, life } = limits(now);
  await store.transaction(async (transaction) => {
    const access = transaction.query(accessSchema);
    await access
      .deleteFrom('session')
      .where((is) => is.or([is('seen_at', '<=', idle), is('created_at', '<=', life)]))
      .execute();
    await access
      .insertInto('session')
      .values({ secret_hash: hashOf(secret), user_id: userId, created_at: now, seen_at: now })
      .execute();
  });
  return secret;
}

/** The user of a session that is younger than 7 days and was used within 12 hours. */
export async function principalOfSession(
  { store, clock }: Parts,
  secret: string,
  purpose: 'renew' | 'check',
): Promise<Principal | undefined> {
  const now = clock();
  const { idle, life } = limits(now);
  const access = store.query(accessSchema);
  const found = await access
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.user_id')
    .select(['session.id as session', 'session.seen_at', 'user.id', 'user.name'])
    .where('secret_hash', '=', hashOf(secret))
    .where('seen_at', '>', idle)
    .where('session.created_at', '>', life)
    .executeTakeFirst();
  if (found === undefined) return undefined;
  if (purpose === 'renew' && now.getTime() - found.seen_at.getTime() > renewEvery) {
    await access.updateTable('session').set({ seen_at: now }).where('id', '=', found.session).execute();
  }
  const { id, name, session } = found;
  return { kind: 'user', id, name, session, permissions: ['read', 'publish', 'administer'] };
}

export async function closeSession({ store }: Parts, session: string): Promise<void> {
  await store.query(accessSchema).deleteFrom('session').where('id', '=', session).execute();
}

function limits(now: Date): { readonly idle: Date; readonly life: Date } {
  return { idle: new Date(now.getTime() - longestIdle), life: new Date(now.getTime() - longestLife) };
}
