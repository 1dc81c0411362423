import { AppError } from '#base/index.ts';
import type { Credentials, Principal } from '#http/console/index.ts';
import type { Transaction } from '#store/index.ts';
import type { Session } from '../contract.ts';
import { sessionPermissions } from '../roles.ts';
import { type Author, audit } from './audit.ts';
import type { Dependencies } from './dependencies.ts';
import { confirmSession, grantColumns } from './oidc/confirm-session.ts';
import type { Grant } from './oidc/proof.ts';
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

/** Who signs in, how, and from where. */
export interface SignIn {
  readonly user: string;
  readonly by: 'link' | 'password' | 'provider';
  readonly address: string;
  /** Secret of the session that the browser had until now: it ends. */
  readonly instead: string | undefined;
  /** What the provider gave, where it says who this is. */
  readonly grant?: Grant;
}

/** Opens a session for the user and gives its secret, which only the cookie holds. */
export async function openSession(
  dependencies: Pick<Dependencies, 'clock' | 'random' | 'vault'>,
  transaction: Transaction,
  { user: userId, by, address, instead, grant }: SignIn,
): Promise<string> {
  const { clock, random } = dependencies;
  const secret = newSecret(random);
  const now = clock();
  const { idle, life } = limits(now);
  const access = transaction.query(accessSchema);
  await access
    .deleteFrom('session')
    .where((is) =>
      is.or([
        is('seen_at', '<=', idle),
        is('created_at', '<=', life),
        ...(instead === undefined ? [] : [is('secret_hash', '=', hashOf(instead))]),
      ]),
    )
    .execute();
  const user = await access
    .updateTable('user')
    .set({ seen_at: now })
    .where('id', '=', userId)
    .returning(['id', 'name'])
    .executeTakeFirstOrThrow();
  const { id: session } = await access
    .insertInto('session')
    .values({
      secret_hash: hashOf(secret),
      user_id: user.id,
      created_at: now,
      seen_at: now,
      address,
      signed_in_by: by,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  if (grant !== undefined) {
    const row = { session_id: session, confirmed_at: now, asked_at: null, failed_at: null };
    const columns = grantColumns(dependencies, session, grant);
    await access
      .insertInto('provider_session')
      .values({ ...row, ...columns })
      .execute();
  }
  await audit(transaction, { actor: { kind: 'user', ...user }, address, action: 'signed-in', detail: { by } });
  return secret;
}

/**
 * The user of a session that is younger than 7 days and was used within 12 hours, unless he is disabled; of a user whom a
 * provider knows, while the provider confirms it.
 */
export async function principalOfSession(
  dependencies: Dependencies,
  secret: string,
  { purpose, address }: Pick<Credentials, 'purpose' | 'address'>,
): Promise<Principal | undefined> {
  const { store, clock } = dependencies;
  const now = clock();
  const found = await confirmed(dependencies, secret);
  if (found === undefined) return undefined;
  const { id, name, session, role, collections } = found;
  if (purpose === 'renew' && now.getTime() - found.seen_at.getTime() > renewEvery) {
    const seen = { seen_at: now, ...(address === undefined ? {} : { address }) };
    const access = store.query(accessSchema);
    await access.updateTable('session').set(seen).where('id', '=', session).execute();
    await access.updateTable('user').set({ seen_at: now }).where('id', '=', id).execute();
  }
  const permissions = sessionPermissions(role, collections ?? undefined);
  return { kind: 'user', id, name, session, permissions, ...(collections === null ? {} : { collections }) };
}

/** The session as it is once the provider, where there is one, was asked. */
async function confirmed(dependencies: Dependencies, secret: string) {
  const found = await heldSession(dependencies, secret);
  if (found === undefined || found.issuer === null) return found;
  const { id, name, session, issuer, subject, confirmed_at, granted_by } = found;
  if (subject === null || confirmed_at === null || granted_by === null) return undefined;
  const held = { session, confirmedAt: confirmed_at, user: { id, name, issuer, subject } };
  const confirmation = await confirmSession(dependencies, held);
  if (confirmation === 'ended') return undefined;
  return confirmation === 'confirmed' ? await heldSession(dependencies, secret) : found;
}

async function heldSession({ store, clock }: Dependencies, secret: string) {
  const { idle, life } = limits(clock());
  return await store
    .query(accessSchema)
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.user_id')
    .leftJoin('provider_session', 'provider_session.session_id', 'session.id')
    .select(['session.id as session', 'session.seen_at', 'user.id', 'user.name', 'user.role', 'user.collections'])
    .select(['user.issuer', 'user.subject', 'user.granted_by', 'provider_session.confirmed_at'])
    .where('secret_hash', '=', hashOf(secret))
    .where('session.seen_at', '>', idle)
    .where('session.created_at', '>', life)
    .where('user.disabled', '=', false)
    .executeTakeFirst();
}

/** Those that still hold, last used first; with `user` that user's alone. `own` is the caller's. */
export async function allSessions(
  { store, clock }: Pick<Dependencies, 'store' | 'clock'>,
  { own, user }: { readonly own: string | undefined; readonly user?: string },
): Promise<readonly Session[]> {
  const { idle, life } = limits(clock());
  const rows = await store
    .query(accessSchema)
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.user_id')
    .leftJoin('provider_session', 'provider_session.session_id', 'session.id')
    .select(['session.id', 'user.name', 'session.created_at', 'session.seen_at', 'address'])
    .select(['provider_session.confirmed_at', 'provider_session.failed_at'])
    .where('session.seen_at', '>', idle)
    .where('session.created_at', '>', life)
    .$if(user !== undefined, (query) => query.where('user_id', '=', String(user)))
    .orderBy('session.seen_at', 'desc')
    .execute();
  return rows.map(({ id, name, created_at, seen_at, address, ...provider }) => ({
    id,
    user: name,
    createdAt: created_at.toISOString(),
    seenAt: seen_at.toISOString(),
    ...(address === null ? {} : { address }),
    current: id === own,
    ...confirmationOf(provider),
  }));
}

/** What a session says of its provider; nothing where it has none. */
function confirmationOf({
  confirmed_at,
  failed_at,
}: {
  readonly confirmed_at: Date | null;
  readonly failed_at: Date | null;
}): Pick<Session, 'confirmedAt' | 'failedAt'> {
  return {
    ...(confirmed_at !== null && { confirmedAt: confirmed_at.toISOString() }),
    ...(failed_at !== null && { failedAt: failed_at.toISOString() }),
  };
}

/** Ends a session, with `of` only one of that user; its open pages end within a heartbeat. Throws `AppError` `not-found`. */
export async function closeSession(
  { store }: Pick<Dependencies, 'store'>,
  session: string,
  { action, of, ...author }: Author & { readonly action: 'signed-out' | 'session-ended'; readonly of?: string },
): Promise<void> {
  await store.transaction(async (transaction) => {
    const access = transaction.query(accessSchema);
    const closed = await access
      .deleteFrom('session')
      .using('user')
      .whereRef('user.id', '=', 'session.user_id')
      .where('session.id', '=', session)
      .$if(of !== undefined, (query) => query.where('user_id', '=', String(of)))
      .returning(['user.id', 'user.name'])
      .executeTakeFirst();
    if (closed === undefined) throw new AppError('not-found', 'There is no such session.');
    await audit(transaction, { ...author, action, target: { kind: 'user', ...closed }, detail: { session } });
  });
}

function limits(now: Date): { readonly idle: Date; readonly life: Date } {
  return { idle: new Date(now.getTime() - longestIdle), life: new Date(now.getTime() - longestLife) };
}
