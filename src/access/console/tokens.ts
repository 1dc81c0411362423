import type { Insertable } from 'kysely';
import { AppError, type Immutable } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { CallInput } from '#http/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { ApiToken, createToken, TokenOwner } from '../contract.ts';
import { tokenPermissions } from '../roles.ts';
import { type Author, audit } from './audit.ts';
import { scopeOf } from './collections.ts';
import type { Dependencies } from './dependencies.ts';
import { type AccessTables, accessSchema } from './schema.ts';
import { hashOf, newSecret } from './secret.ts';
import {
  hasNoRole,
  type Owner,
  ownerIn,
  rightsOf,
  tokensWithOwners,
  tokenWorthChanged,
  worthOf,
} from './token-worth.ts';

/** Marks our tokens for secret scanners; the secret follows. */
const prefix = 'seawall_';
const day = 24 * 60 * 60_000;
/** Use is written down at most this often. */
const noteEvery = 60_000;

/** What a token is to be; see the endpoint. */
export type NewToken = CallInput<typeof createToken>['body'];

/** Makes a token. The secret is in nothing but this answer. Throws `AppError` `bad-request`. */
export async function makeToken(
  { store, clock, random }: Dependencies,
  { name, role, repositories, collections, days }: Immutable<NewToken>,
  author: Author,
): Promise<{ readonly token: ApiToken; readonly secret: string }> {
  const secret = prefix + newSecret(random);
  const now = clock();
  return await store.transaction(async (transaction) => {
    const { id } = await transaction
      .query(accessSchema)
      .insertInto('token')
      .values({
        secret_hash: hashOf(secret),
        name,
        role,
        repositories: repositories ?? null,
        collections: await scopeOf(transaction, { role, collections }),
        created_by: author.actor.name,
        ...(await ownerBehind(transaction, author)),
        created_at: now,
        expires_at: days === undefined ? null : new Date(now.getTime() + days * day),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const token = await oneToken(transaction, id);
    const target = { kind: 'token', id, name };
    const detail = { role, repositories, collections, days };
    await audit(transaction, { ...author, action: 'token-made', target, detail });
    return { token, secret };
  });
}

type OwnerRow = Pick<Insertable<AccessTables['token']>, 'owner' | 'owner_id' | 'owner_kind'>;

/** A token that makes a token passes on whom it stands for. */
async function ownerBehind(transaction: Transaction, { actor: { kind, id, name } }: Author): Promise<OwnerRow> {
  switch (kind) {
    case 'user':
      return { owner_kind: 'user', owner_id: id, owner: name };
    case 'token':
      return await transaction
        .query(accessSchema)
        .selectFrom('token')
        .select(['owner', 'owner_id', 'owner_kind'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
    case 'system':
      return { owner_kind: 'console', owner_id: null, owner: null };
    case 'agent':
      throw new AppError('not-allowed', 'An agent makes no tokens.');
  }
}

/** Name of the person that a token stands for; `undefined` where the console itself made it. */
export async function ownerOfToken(queries: Queries, id: string): Promise<string | undefined> {
  const row = await queries
    .query(accessSchema)
    .selectFrom('token')
    .select('owner')
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.owner ?? undefined;
}

/** Newest first; expired ones are listed until they are revoked. */
export async function allTokens({ store, clock, provider }: Dependencies): Promise<readonly ApiToken[]> {
  const rows = await shown(store).where('token.revoked_at', 'is', null).orderBy('token.created_at', 'desc').execute();
  return rows.map((row) => toApiToken(row, isUnconfirmed(row, clock(), provider)));
}

/** The token opens nothing from now on, and what it published counts nowhere. Throws `AppError` `not-found`. */
export async function removeToken({ store, clock }: Dependencies, id: string, author: Author): Promise<void> {
  await store.transaction(async (transaction) => {
    const revoked = await transaction
      .query(accessSchema)
      .updateTable('token')
      .set({ revoked_at: clock(), secret_hash: null })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returning('name')
      .executeTakeFirst();
    if (revoked === undefined) throw new AppError('not-found', 'There is no such token.');
    await transaction.announce(tokenWorthChanged, { token: id });
    await audit(transaction, { ...author, action: 'token-revoked', target: { kind: 'token', id, name: revoked.name } });
  });
}

/** Has the token stand for who asks. Throws `AppError`: `not-found`, `bad-request` where no user asks. */
export async function adopt({ store }: Pick<Dependencies, 'store'>, id: string, author: Author): Promise<ApiToken> {
  return await store.transaction(async (transaction) => {
    const owner = await ownerBehind(transaction, author);
    if (owner.owner_kind !== 'user')
      throw new AppError('bad-request', 'Only a user can adopt a token.', {
        next: 'Sign in as an administrator and adopt it on the page Access.',
      });
    const before = await shown(transaction)
      .where('token.id', '=', id)
      .where('token.revoked_at', 'is', null)
      .executeTakeFirst();
    if (before === undefined) throw new AppError('not-found', 'There is no such token.');
    await transaction.query(accessSchema).updateTable('token').set(owner).where('id', '=', id).execute();
    const token = await oneToken(transaction, id);
    await transaction.announce(tokenWorthChanged, { token: id });
    const detail = { before: toApiToken(before).owner, after: token.owner };
    await audit(transaction, {
      ...author,
      action: 'token-adopted',
      target: { kind: 'token', id, name: token.name },
      detail,
    });
    return token;
  });
}

/** What an `Authorization: Bearer` header stands for (RFC 6750), as far as the user behind it may it now. */
export async function principalOfToken(
  { store, clock, provider }: Dependencies,
  authorization: string,
): Promise<Principal | undefined> {
  const secret = /^Bearer (seawall_[A-Za-z0-9_-]{43})$/i.exec(authorization)?.[1];
  if (secret === undefined) return undefined;
  const now = clock();
  const row = await shown(store)
    .where('token.secret_hash', '=', hashOf(secret))
    .where('token.revoked_at', 'is', null)
    .where((is) => is.or([is('token.expires_at', 'is', null), is('token.expires_at', '>', now)]))
    .executeTakeFirst();
  if (row === undefined || isUnconfirmed(row, now, provider)) return undefined;
  if (row.held_at !== null)
    throw new AppError('token-held', `The token ${row.name} is held since an older copy of the data was restored.`);
  const rights = rightsOf(row, ownerIn(row));
  if (rights === undefined) return undefined;
  const { id, name, repositories, used_at } = row;
  if (used_at === null || now.getTime() - used_at.getTime() > noteEvery)
    await store.query(accessSchema).updateTable('token').set({ used_at: now }).where('id', '=', id).execute();
  return { kind: 'token', id, name, ...(repositories === null ? {} : { repositories }), ...rights };
}

/**
 * Whether the provider of now has not said for too long that the owner is still who he was; of another provider's users it
 * says nothing. What was published in time counts.
 */
function isUnconfirmed(
  { user_confirmed_at: last, user_issuer: issuer }: Shown,
  now: Date,
  provider: Dependencies['provider'],
): boolean {
  if (last === null) return false;
  if (provider?.settings.issuer !== issuer) return true;
  return now.getTime() - last.getTime() > provider.settings.tokenDays * day;
}

async function oneToken(queries: Queries, id: string): Promise<ApiToken> {
  return toApiToken(await shown(queries).where('token.id', '=', id).executeTakeFirstOrThrow());
}

function shown(queries: Queries) {
  return tokensWithOwners(queries).select([
    'token.id',
    'token.name',
    'token.role',
    'token.repositories',
    'token.collections',
    'token.created_by',
    'token.created_at',
    'token.expires_at',
    'token.used_at',
    'token.held_at',
    'token.owner',
    'token.owner_id',
    'user.name as user_name',
    'user.confirmed_at as user_confirmed_at',
  ]);
}

type Shown = Awaited<ReturnType<ReturnType<typeof shown>['executeTakeFirstOrThrow']>>;

function toApiToken(row: Shown, unconfirmed = false): ApiToken {
  const { id, name, role, repositories, collections, created_by, created_at, expires_at, used_at } = row;
  const { held_at: held } = row;
  return {
    id,
    name,
    role,
    owner: shownOwner(row, unconfirmed),
    worth: worthOf({ revoked: null }, ownerIn(row)) === 'counts' ? 'counts' : 'owner-lost',
    ...(repositories === null ? {} : { repositories }),
    ...(collections === null ? {} : { collections }),
    createdAt: created_at.toISOString(),
    createdBy: created_by,
    ...(expires_at === null ? {} : { expiresAt: expires_at.toISOString() }),
    ...(used_at === null ? {} : { lastUsedAt: used_at.toISOString() }),
    ...(held === null ? {} : { heldSince: held.toISOString() }),
  };
}

function shownOwner(row: Shown, unconfirmed: boolean): TokenOwner {
  const owner = ownerIn(row);
  switch (owner.kind) {
    case 'console':
      return { kind: 'console' };
    case 'unknown':
      return { kind: 'unknown', name: row.owner ?? row.created_by };
    case 'deleted':
      return { ...named(row), state: 'deleted' };
    case 'user':
      return { ...named(row), state: stateOf(row, owner, unconfirmed) };
  }
}

function stateOf(row: Shown, owner: Extract<Owner, { kind: 'user' }>, unconfirmed: boolean) {
  if (hasNoRole(row)) return 'no-role';
  if (owner.disabled) return 'disabled';
  if (unconfirmed) return 'unconfirmed';
  return tokenPermissions(owner.role).includes('publish') ? 'active' : 'may-not-publish';
}

function named({ owner_id, owner, user_name }: Shown) {
  return { kind: 'user', id: owner_id ?? '', name: user_name ?? owner ?? '' } as const;
}
