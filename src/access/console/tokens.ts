import { AppError } from '#base/index.ts';
import type { Principal } from '#http/console/index.ts';
import type { ApiToken, TokenScope } from '../contract.ts';
import type { Parts } from './parts.ts';
import { accessSchema } from './schema.ts';
import { hashOf, newSecret } from './secret.ts';

/** Marks our tokens for secret scanners; the secret follows. */
const prefix = 'seawall_';
const day = 24 * 60 * 60_000;
/** Use is written down at most this often. */
const noteEvery = 60_000;

export interface NewToken {
  readonly name: string;
  readonly scope: TokenScope;
  /** Without it the token does not expire. */
  readonly days?: number | undefined;
}

/** Makes a token. The secret is in nothing but this answer. */
export async function makeToken(
  { store, clock, log, random }: Parts,
  { name, scope, days }: NewToken,
): Promise<{ readonly token: ApiToken; readonly secret: string }> {
  const secret = prefix + newSecret(random);
  const now = clock();
  const row = await store
    .query(accessSchema)
    .insertInto('token')
    .values({
      secret_hash: hashOf(secret),
      name,
      scope,
      created_at: now,
      expires_at: days === undefined ? null : new Date(now.getTime() + days * day),
    })
    .returning(shown)
    .executeTakeFirstOrThrow();
  log.info({ audit: 'token-made', token: row.id, name, scope, days }, 'An API token was made.');
  return { token: toApiToken(row), secret };
}

/** Newest first; expired ones are listed until they are revoked. */
export async function allTokens({ store }: Parts): Promise<readonly ApiToken[]> {
  const rows = await store
    .query(accessSchema)
    .selectFrom('token')
    .select(shown)
    .orderBy('created_at', 'desc')
    .execute();
  return rows.map(toApiToken);
}

/** Throws `AppError` `not-found`. */
export async function removeToken({ store, log }: Parts, id: string): Promise<void> {
  const removed = await store
    .query(accessSchema)
    .deleteFrom('token')
    .where('id', '=', id)
    .returning('name')
    .executeTakeFirst();
  if (removed === undefined) throw new AppError('not-found', 'There is no such token.');
  log.info({ audit: 'token-revoked', token: id, name: removed.name }, 'An API token was revoked.');
}

/** What an `Authorization: Bearer` header stands for (RFC 6750). */
export async function principalOfToken({ store, clock }: Parts, authorization: string): Promise<Principal | undefined> {
  const secret = /^Bearer (seawall_[A-Za-z0-9_-]{43})$/i.exec(authorization)?.[1];
  if (secret === undefined) return undefined;
  const now = clock();
  const access = store.query(accessSchema);
  const row = await access
    .selectFrom('token')
    .select(['id', 'name', 'scope', 'used_at'])
    .where('secret_hash', '=', hashOf(secret))
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)]))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.used_at === null || now.getTime() - row.used_at.getTime() > noteEvery) {
    await access.updateTable('token').set({ used_at: now }).where('id', '=', row.id).execute();
  }
  return { kind: 'token', id: row.id, name: row.name, permissions: [row.scope] };
}

const shown = ['id', 'name', 'scope', 'created_at', 'expires_at', 'used_at'] as const;

function toApiToken(row: {
  readonly id: string;
  readonly name: string;
  readonly scope: TokenScope;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly used_at: Date | null;
}): ApiToken {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope,
    createdAt: row.created_at.toISOString(),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at.toISOString() }),
    ...(row.used_at === null ? {} : { lastUsedAt: row.used_at.toISOString() }),
  };
}
