import type { Selectable } from 'kysely';
import { AppError, type Immutable } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { CallInput } from '#http/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { ApiToken, createToken } from '../contract.ts';
import { tokenPermissions } from '../roles.ts';
import { type Author, audit } from './audit.ts';
import { scopeOf } from './collections.ts';
import type { Parts } from './parts.ts';
import { type AccessTables, accessSchema } from './schema.ts';
import { hashOf, newSecret } from './secret.ts';

/** Marks our tokens for secret scanners; the secret follows. */
const prefix = 'seawall_';
const day = 24 * 60 * 60_000;
/** Use is written down at most this often. */
const noteEvery = 60_000;

/** What a token is to be; see the endpoint. */
export type NewToken = CallInput<typeof createToken>['body'];

/** Makes a token. The secret is in nothing but this answer. Throws `AppError` `bad-request`. */
export async function makeToken(
  { store, clock, random }: Parts,
  { name, role, repositories, collections, days }: Immutable<NewToken>,
  author: Author,
): Promise<{ readonly token: ApiToken; readonly secret: string }> {
  const secret = prefix + newSecret(random);
  const now = clock();
  return await store.transaction(async (transaction) => {
    const row = await transaction
      .query(accessSchema)
      .insertInto('token')
      .values({
        secret_hash: hashOf(secret),
        name,
        role,
        repositories: repositories ?? null,
        collections: await scopeOf(transaction, { role, collections }),
        created_by: author.actor.name,
        owner: await ownerBehind(transaction, author),
        created_at: now,
        expires_at: days === undefined ? null : new Date(now.getTime() + days * day),
      })
      .returning(shown)
      .executeTakeFirstOrThrow();
    const target = { kind: 'token', id: row.id, name };
    await audit(transaction, {
      ...author,
      action: 'token-made',
      target,
      detail: { role, repositories, collections, days },
    });
    return { token: toApiToken(row), secret };
  });
}

/** A token that makes a token passes on whom it stands for. */
async function ownerBehind(transaction: Transaction, { actor }: Author): Promise<string | null> {
  switch (actor.kind) {
    case 'user':
      return actor.name;
    case 'token':
      return (await ownerOfToken(transaction, actor.id)) ?? null;
    default:
      return null;
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
export async function allTokens({ store }: Pick<Parts, 'store'>): Promise<readonly ApiToken[]> {
  const rows = await store
    .query(accessSchema)
    .selectFrom('token')
    .select(shown)
    .orderBy('created_at', 'desc')
    .execute();
  return rows.map(toApiToken);
}

/** Throws `AppError` `not-found`. */
export async function removeToken({ store }: Pick<Parts, 'store'>, id: string, author: Author): Promise<void> {
  await store.transaction(async (transaction) => {
    const removed = await transaction
      .query(accessSchema)
      .deleteFrom('token')
      .where('id', '=', id)
      .returning('name')
      .executeTakeFirst();
    if (removed === undefined) throw new AppError('not-found', 'There is no such token.');
    await audit(transaction, { ...author, action: 'token-revoked', target: { kind: 'token', id, name: removed.name } });
  });
}

/** What an `Authorization: Bearer` header stands for (RFC 6750). */
export async function principalOfToken({ store, clock }: Parts, authorization: string): Promise<Principal | undefined> {
  const secret = /^Bearer (seawall_[A-Za-z0-9_-]{43})$/i.exec(authorization)?.[1];
  if (secret === undefined) return undefined;
  const now = clock();
  const access = store.query(accessSchema);
  const row = await access
    .selectFrom('token')
    .select(['id', 'name', 'role', 'repositories', 'collections', 'used_at'])
    .where('secret_hash', '=', hashOf(secret))
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)]))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.used_at === null || now.getTime() - row.used_at.getTime() > noteEvery) {
    await access.updateTable('token').set({ used_at: now }).where('id', '=', row.id).execute();
  }
  const { id, name, role, repositories, collections } = row;
  return {
    kind: 'token',
    id,
    name,
    permissions: tokenPermissions(role, collections ?? undefined),
    ...(repositories === null ? {} : { repositories }),
    ...(collections === null ? {} : { collections }),
  };
}

const shown = [
  'id',
  'name',
  'role',
  'repositories',
  'collections',
  'created_by',
  'created_at',
  'expires_at',
  'used_at',
] as const;

function toApiToken(row: Pick<Selectable<AccessTables['token']>, (typeof shown)[number]>): ApiToken {
  const { id, name, role, repositories, collections, created_by, created_at, expires_at, used_at } = row;
  return {
    id,
    name,
    role,
    ...(repositories === null ? {} : { repositories }),
    ...(collections === null ? {} : { collections }),
    createdAt: created_at.toISOString(),
    createdBy: created_by,
    ...(expires_at === null ? {} : { expiresAt: expires_at.toISOString() }),
    ...(used_at === null ? {} : { lastUsedAt: used_at.toISOString() }),
  };
}
